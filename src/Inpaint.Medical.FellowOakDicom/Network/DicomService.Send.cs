using FellowOakDicom.Network.UpperLayer;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <content>Messages out.</content>
public abstract partial class DicomService
{
    private readonly SemaphoreSlim _requestTurn = new(1, 1);
    private readonly SemaphoreSlim _messageTurn = new(1, 1);
    private SemaphoreSlim _window;
    private DicomMessage _sending;
    private int _queued;

    /// <summary>
    /// Sends a request as soon as the window of asynchronous operations has room. Completes when it is sent, not when it is answered; a
    /// request without an accepted presentation context is answered here with status 0122H.
    /// </summary>
    /// <exception cref="DicomNetworkException">The association does not take data.</exception>
    public virtual async Task SendRequestAsync(DicomRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Interlocked.Increment(ref _queued);
        try
        {
            await _requestTurn.WaitAsync(_closing.Token).ConfigureAwait(false);
            try
            {
                await SendInTurnAsync(request).ConfigureAwait(false);
            }
            finally
            {
                _requestTurn.Release();
            }
        }
        catch (OperationCanceledException exception) when (_closing.IsCancellationRequested)
        {
            throw new DicomNetworkException("The connection is closed.", exception);
        }
        finally
        {
            Interlocked.Decrement(ref _queued);
        }

        await NotifyIfQueueEmptyAsync().ConfigureAwait(false);
    }

    protected Task SendResponseAsync(DicomResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        DicomPresentationContext context = response.PresentationContext
            ?? throw new DicomNetworkException("A response has no presentation context; make it of its request.");
        return SendMessageAsync(response, context, null);
    }

    /// <summary>Told that a request got no answer in time.</summary>
    private protected virtual void OnRequestTimedOut(DicomRequest request, TimeSpan timeout)
    {
    }

    /// <summary>A message is partly on the wire, so that only an abort can end the association now.</summary>
    private protected bool IsInsideMessage => Volatile.Read(ref _sending) != null;

    private async Task SendInTurnAsync(DicomRequest request)
    {
        DicomPresentationContext context = FindContext(request);
        DatasetCodec.Outgoing dataset = null;
        DicomStatus refusal = context == null ? DicomStatus.SOPClassNotSupported : null;
        if (refusal == null && request.HasDataset)
        {
            dataset = DatasetCodec.Prepare(request.Dataset, context.AcceptedTransferSyntax, Options, Logger, out refusal);
        }

        if (refusal != null)
        {
            Logger.LogError("{Message} cannot be sent: {Status}", request, refusal);
            Post(request, request.CreateResponse(refusal));
            return;
        }

        if (_window is { } window)
        {
            await window.WaitAsync(_closing.Token).ConfigureAwait(false);
        }

        request.PresentationContext = context;
        request.PendingSince = DateTime.Now;
        request.LastActivity = Environment.TickCount64;
        if (!_pending.TryAdd(request.MessageID, request))
        {
            ReleaseSlot();
            throw new DicomNetworkException($"Message ID {request.MessageID} is in use on this association.");
        }

        await SendMessageAsync(request, context, dataset).ConfigureAwait(false);
        request.OnRequestSent?.Invoke(request, new DicomRequest.OnRequestSentEventArgs(request));
    }

    private void OpenWindow(int operations) =>
        _window = operations > 0 ? new SemaphoreSlim(operations, operations) : null;

    private void ReleaseSlot() => _window?.Release();

    /// <summary>The accepted context of the SOP class; for C-STORE one with the file's own transfer syntax if there is one.</summary>
    private DicomPresentationContext FindContext(DicomRequest request)
    {
        DicomUID sopClass = request.PresentationContext?.AbstractSyntax ?? request.SOPClassUID;
        DicomPresentationContext first = null;
        if (Association == null)
        {
            return null;
        }

        foreach (DicomPresentationContext context in Association.PresentationContexts)
        {
            if (context.Result != DicomPresentationContextResult.Accept || context.AbstractSyntax != sopClass)
            {
                continue;
            }

            if (request is not DicomCStoreRequest store || context.AcceptedTransferSyntax == store.TransferSyntax)
            {
                return context;
            }

            first ??= context;
        }

        return first;
    }

    private async Task SendMessageAsync(DicomMessage message, DicomPresentationContext context, DatasetCodec.Outgoing dataset)
    {
        byte[] command = CommandSet.Write(message.Command);
        if (dataset == null && message.HasDataset)
        {
            dataset = DatasetCodec.Prepare(message.Dataset, context.AcceptedTransferSyntax, Options, Logger, out DicomStatus refusal);
            if (refusal != null)
            {
                throw new DicomNetworkException($"The data set of a response cannot be sent: {refusal}");
            }
        }

        await _messageTurn.WaitAsync(_closing.Token).ConfigureAwait(false);
        try
        {
            Logger.LogDebug("Sending {Message}", message);
            Volatile.Write(ref _sending, message);
            await using (var stream = new PDataStream(this, context.ID, isCommand: true, MaximumSendLength))
            {
                await stream.WriteAsync(command).ConfigureAwait(false);
                await stream.CompleteAsync().ConfigureAwait(false);
            }

            if (dataset != null)
            {
                await using var stream = new PDataStream(this, context.ID, isCommand: false, MaximumSendLength);
                dataset.Write(stream);
                await stream.CompleteAsync().ConfigureAwait(false);
            }
        }
        catch
        {
            // Half a message is on the wire; nothing can follow it.
            await AbortSilentlyAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            Volatile.Write(ref _sending, null);
            _messageTurn.Release();
        }
    }

    private int MaximumSendLength
    {
        get
        {
            uint theirs = Association.MaximumPDULength;
            uint ours = Math.Min(Math.Max(Options.MaxPDULength, 4096), Math.Max(Options.MaxDataBuffer, 4096));
            return (int)(theirs == 0 ? ours : Math.Min(theirs, ours));
        }
    }

    async ValueTask IPduSink.SendAsync(ReadOnlyMemory<byte> pdu)
    {
        RequireDataState();
        await WritePduAsync(pdu).ConfigureAwait(false);
        NoteProgress();
    }

    void IPduSink.Send(ReadOnlySpan<byte> pdu)
    {
        RequireDataState();
        WritePdu(pdu);
        NoteProgress();
    }

    private void RequireDataState()
    {
        if (!_machine.TryMove(UpperLayerEvent.DataRequest, otherwise: false, out _))
        {
            throw new DicomNetworkException($"Data cannot be sent in state {_machine.State} of the association.");
        }
    }

    /// <summary>A request that is still being sent is not overdue.</summary>
    private void NoteProgress()
    {
        if (Volatile.Read(ref _sending) is { } message)
        {
            message.LastActivity = Environment.TickCount64;
        }
    }

    private void CheckRequestTimeouts(long now)
    {
        if (Options.RequestTimeout is not { } timeout)
        {
            return;
        }

        foreach (DicomRequest request in _pending.Values)
        {
            if (now - request.LastActivity < timeout.TotalMilliseconds || !_pending.TryRemove(request.MessageID, out _))
            {
                continue;
            }

            Logger.LogWarning("{Message} timed out after {Timeout}", request, timeout);
            OnRequestTimedOut(request, timeout);
            try
            {
                request.OnTimeout?.Invoke(this, new DicomRequest.OnTimeoutEventArgs(timeout));
            }
            catch (Exception exception)
            {
                Logger.LogError("OnTimeout threw {Kind}", exception.GetType().Name);
            }

            if (ReferenceEquals(Volatile.Read(ref _sending), request))
            {
                CloseTransport();
            }

            ReleaseSlot();
            _ = NotifyIfQueueEmptyAsync();
        }
    }
}
