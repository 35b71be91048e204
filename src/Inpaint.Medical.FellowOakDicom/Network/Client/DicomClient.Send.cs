using FellowOakDicom.Network.Client.EventArguments;
using FellowOakDicom.Network.Client.States;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network.Client;

/// <content>One call of SendAsync: association after association until the queue is empty.</content>
internal sealed partial class DicomClient
{
    public async Task SendAsync(
        CancellationToken cancellationToken = default,
        DicomClientCancellationMode cancellationMode = DicomClientCancellationMode.ImmediatelyReleaseAssociation)
    {
        try
        {
            await _sendTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            await SendAllAsync(cancellationMode, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Logger.LogDebug("Sending was cancelled");
        }
        finally
        {
            Enter(DicomClientState.Idle);
            _sendTurn.Release();
        }
    }

    private async Task SendAllAsync(DicomClientCancellationMode mode, CancellationToken cancellation)
    {
        int unanswered = 0;
        bool mustOpen = IsSendRequired;
        while (mustOpen && !cancellation.IsCancellationRequested)
        {
            using DicomClientConnection connection = await ConnectAsync(cancellation).ConfigureAwait(false);
            Task run = connection.RunAsync();
            try
            {
                if (await AssociateAsync(connection, cancellation).ConfigureAwait(false))
                {
                    unanswered = 0;
                    await ExchangeAsync(connection, mode, cancellation).ConfigureAwait(false);
                    mustOpen = !_queue.IsEmpty;
                }
                else
                {
                    await OnUnansweredAsync(connection, ++unanswered).ConfigureAwait(false);
                }
            }
            finally
            {
                await connection.AbandonAsync().ConfigureAwait(false);
                await Task.WhenAny(run, Task.Delay(ClientOptions.AssociationReleaseTimeoutInMs, CancellationToken.None)).ConfigureAwait(false);
            }
        }
    }

    private async Task<DicomClientConnection> ConnectAsync(CancellationToken cancellation)
    {
        Enter(DicomClientState.Connect);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ClientOptions.ConnectionTimeoutInMs);
        try
        {
            INetworkStream stream = await _dependencies.NetworkManager
                .ConnectAsync(Host, Port, TlsInitiator, ServiceOptions, limit.Token).ConfigureAwait(false);
            return new DicomClientConnection(this, stream, FallbackEncoding, _dependencies);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new AggregateException(new DicomNetworkException(
                $"No connection to {Host}:{Port} within {ClientOptions.ConnectionTimeoutInMs} ms.", exception));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new AggregateException(exception);
        }
    }

    /// <summary>Asks for an association.</summary>
    /// <returns>False when the peer did not answer in time.</returns>
    private async Task<bool> AssociateAsync(DicomClientConnection connection, CancellationToken cancellation)
    {
        Enter(DicomClientState.RequestAssociation);
        DicomAssociation association = Propose();
        try
        {
            await connection.RequestAssociationAsync(association).ConfigureAwait(false);
        }
        catch (DicomNetworkException)
        {
            await connection.Ended.ConfigureAwait(false);
        }

        Task limit = Task.Delay(ClientOptions.AssociationRequestTimeoutInMs, cancellation);
        await Task.WhenAny(connection.Answer, connection.Ended, limit).ConfigureAwait(false);
        if (!connection.Answer.IsCompleted)
        {
            cancellation.ThrowIfCancellationRequested();
            return connection.Ended.IsCompleted ? throw connection.Error ?? new ConnectionClosedPrematurelyException() : false;
        }

        if (await connection.Answer.ConfigureAwait(false) == AssociationAnswer.Rejected)
        {
            var rejected = (DicomAssociationRejectedException)connection.Error;
            AssociationRejected?.Invoke(
                this, new AssociationRejectedEventArgs(rejected.RejectResult, rejected.RejectSource, rejected.RejectReason));
            throw rejected;
        }

        if (RequireSuccessfulUserIdentityNegotiation
            && association.UserIdentityNegotiation is { PositiveResponseRequested: true, ServerResponse: null })
        {
            throw new DicomNetworkException("The peer did not confirm the user identity.");
        }

        AssociationAccepted?.Invoke(this, new AssociationAcceptedEventArgs(association));
        return true;
    }

    private DicomAssociation Propose()
    {
        var association = new DicomAssociation(CallingAe, CalledAe)
        {
            MaxAsyncOpsInvoked = _asyncInvoked,
            MaxAsyncOpsPerformed = _asyncPerformed,
            UserIdentityNegotiation = UserIdentityNegotiation?.Clone(),
        };
        foreach (DicomPresentationContext context in AdditionalPresentationContexts)
        {
            association.PresentationContexts.Add(context.CloneWithId(0));
        }

        foreach (DicomExtendedNegotiation negotiation in AdditionalExtendedNegotiations)
        {
            association.ExtendedNegotiations.AddOrUpdate(
                negotiation.SopClassUid,
                negotiation.RequestedApplicationInfo,
                negotiation.ServiceClassUid,
                [.. negotiation.RelatedGeneralSopClasses]);
        }

        int most = ClientOptions.MaximumNumberOfRequestsPerAssociation ?? int.MaxValue;
        foreach ((int index, DicomRequest request) in _queue.Take(most).Index())
        {
            // The first must fit, else nothing could ever be sent.
            if (index > 0 && association.PresentationContexts.Count + association.PresentationContexts.CountMissing(request)
                > DicomPresentationContextCollection.Maximum)
            {
                break;
            }

            association.PresentationContexts.AddFromRequest(request);
            NegotiateCommonClasses(association, request);
        }

        return association;
    }

    private static void NegotiateCommonClasses(DicomAssociation association, DicomRequest request)
    {
        if (request is DicomCStoreRequest { CommonServiceClassUid: { } serviceClass } store)
        {
            association.ExtendedNegotiations.AddOrUpdate(
                store.SOPClassUID, null, serviceClass, [.. store.RelatedGeneralSopClasses ?? []]);
        }
    }

    private async Task OnUnansweredAsync(DicomClientConnection connection, int attempt)
    {
        int most = ClientOptions.MaximumNumberOfConsecutiveTimedOutAssociationRequests;
        await connection.AbandonAsync().ConfigureAwait(false);
        AssociationRequestTimedOut?.Invoke(
            this, new AssociationRequestTimedOutEventArgs(ClientOptions.AssociationRequestTimeoutInMs, attempt, most));
        if (attempt >= most)
        {
            throw new DicomAssociationRequestTimedOutException(ClientOptions.AssociationRequestTimeoutInMs, attempt);
        }
    }

    /// <summary>Sends what is queued, waits for the answers, lingers, releases.</summary>
    private async Task ExchangeAsync(DicomClientConnection connection, DicomClientCancellationMode mode, CancellationToken cancellation)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellation.Register(() => cancelled.TrySetResult());
        Task stop = Task.WhenAny(connection.Ended, cancelled.Task);
        int budget = ClientOptions.MaximumNumberOfRequestsPerAssociation ?? int.MaxValue;
        while (true)
        {
            Task added = Volatile.Read(ref _added).Task;
            Enter(DicomClientState.SendingRequests);
            budget = await SendQueuedAsync(connection, stop, budget).ConfigureAwait(false);
            bool canAdd = budget > 0 && (_queue.IsEmpty || CanSendNext(connection.Association));
            Task idle = connection.WaitUntilIdleAsync();
            await (canAdd ? Task.WhenAny(idle, stop, added) : Task.WhenAny(idle, stop)).ConfigureAwait(false);
            if (stop.IsCompleted
                || (idle.IsCompleted && !(canAdd && (added.IsCompleted || await LingerAsync(stop, added).ConfigureAwait(false)))))
            {
                break;
            }
        }

        await EndAsync(connection, mode, cancelled.Task).ConfigureAwait(false);
    }

    /// <summary>Sends requests until the queue is empty, the budget is used up, or one needs another association.</summary>
    /// <returns>What is left of the budget.</returns>
    private async Task<int> SendQueuedAsync(DicomClientConnection connection, Task stop, int budget)
    {
        while (budget > 0 && !stop.IsCompleted && CanSendNext(connection.Association) && _queue.TryDequeue(out DicomRequest request))
        {
            budget--;
            Task sending = connection.SendRequestAsync(request);
            await Task.WhenAny(sending, stop).ConfigureAwait(false);
            if (sending.IsFaulted)
            {
                await Task.WhenAny(connection.Ended, Task.Delay(ClientOptions.AssociationReleaseTimeoutInMs)).ConfigureAwait(false);
                if (sending.Exception.InnerException is not DicomNetworkException || !connection.Ended.IsCompleted)
                {
                    // Not the network failed, but what was to be sent.
                    await sending.ConfigureAwait(false);
                }
            }
        }

        return budget;
    }

    /// <summary>Whether the association was proposed with what the next request needs; else that waits for another association.</summary>
    private bool CanSendNext(DicomAssociation association) => _queue.TryPeek(out DicomRequest next)
        && (association.PresentationContexts.CountMissing(next) == 0
            || (next is not DicomCStoreRequest
                && association.PresentationContexts.Any(context => context.AbstractSyntax == next.SOPClassUID)));

    /// <summary>Waits for further requests.</summary>
    /// <returns>False when none came.</returns>
    private async Task<bool> LingerAsync(Task stop, Task added)
    {
        Enter(DicomClientState.Lingering);
        await Task.WhenAny(added, stop, Task.Delay(ClientOptions.AssociationLingerTimeoutInMs)).ConfigureAwait(false);
        return added.IsCompleted && !stop.IsCompleted;
    }

    private async Task EndAsync(DicomClientConnection connection, DicomClientCancellationMode mode, Task cancelled)
    {
        if (connection.Ended.IsCompleted)
        {
            if (connection.Error is DicomAssociationAbortedException || (connection.Error != null && connection.WasInterrupted))
            {
                throw connection.Error;
            }

            return;
        }

        bool aborts = cancelled.IsCompleted
            && (mode == DicomClientCancellationMode.ImmediatelyAbortAssociation || connection.MustAbort);
        if (aborts)
        {
            Enter(DicomClientState.Abort);
            return;
        }

        Enter(DicomClientState.ReleaseAssociation);
        await connection.TryRequestReleaseAsync().ConfigureAwait(false);
        await Task.WhenAny(connection.Released, connection.Ended, Task.Delay(ClientOptions.AssociationReleaseTimeoutInMs))
            .ConfigureAwait(false);
        if (connection.Released.IsCompleted)
        {
            AssociationReleased?.Invoke(this, EventArgs.Empty);
        }
    }
}
