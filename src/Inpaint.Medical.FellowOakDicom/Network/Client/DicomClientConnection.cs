using System.Text;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network.Client;

/// <summary>How the peer answered an association request.</summary>
internal enum AssociationAnswer
{
    Accepted,
    Rejected,
}

/// <summary>One connection of a client: its association, what is outstanding on it, and how it ended.</summary>
internal sealed class DicomClientConnection : DicomService, IDicomServiceUser, IDicomCStoreProvider
{
    private readonly DicomClient _client;
    private readonly TaskCompletionSource<AssociationAnswer> _answer = New<AssociationAnswer>();
    private readonly TaskCompletionSource _released = New();
    private readonly TaskCompletionSource _ended = New();
    private TaskCompletionSource _idle = New();
    private volatile bool _isAbandoned;

    internal DicomClientConnection(
        DicomClient client, INetworkStream stream, Encoding fallbackEncoding, DicomServiceDependencies dependencies)
        : base(stream, fallbackEncoding, client.Logger, dependencies)
    {
        _client = client;
        Options = client.ServiceOptions;
    }

    /// <summary>Completes with the answer to the association request.</summary>
    internal Task<AssociationAnswer> Answer => _answer.Task;

    /// <summary>Completes when the peer has confirmed the release.</summary>
    internal Task Released => _released.Task;

    /// <summary>Completes when the connection has ended, however.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Why it ended; null if in order, or by us after a time-out.</summary>
    internal Exception Error { get; private set; }

    /// <summary>It ended while requests were being sent or not answered.</summary>
    internal bool WasInterrupted { get; private set; }

    internal bool MustAbort => IsInsideMessage;

    internal Task RequestAssociationAsync(DicomAssociation association) => SendAssociationRequestAsync(association);

    /// <summary>Asks for the release, unless the peer has ended the association at the same moment.</summary>
    internal async Task TryRequestReleaseAsync()
    {
        try
        {
            await SendAssociationReleaseRequestAsync().ConfigureAwait(false);
        }
        catch (DicomNetworkException exception)
        {
            Logger.LogDebug("The release could not be sent: {Message}", exception.Message);
        }
    }

    /// <summary>Completes when nothing waits to be sent or answered.</summary>
    internal async Task WaitUntilIdleAsync()
    {
        while (!IsSendQueueEmpty)
        {
            Task idle = Volatile.Read(ref _idle).Task;
            if (IsSendQueueEmpty)
            {
                return;
            }

            await idle.ConfigureAwait(false);
        }
    }

    /// <summary>Aborts and closes; errors on the way do not matter any more.</summary>
    internal async Task AbandonAsync()
    {
        _isAbandoned = true;
        try
        {
            if (!Ended.IsCompleted)
            {
                await SendAbortAsync(DicomAbortSource.ServiceUser, DicomAbortReason.NotSpecified)
                    .WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            Logger.LogDebug("Abort could not be sent: {Kind}", exception.GetType().Name);
        }
        finally
        {
            Dispose();
        }
    }

    public Task OnReceiveAssociationAcceptAsync(DicomAssociation association)
    {
        _answer.TrySetResult(AssociationAnswer.Accepted);
        return Task.CompletedTask;
    }

    public Task OnReceiveAssociationRejectAsync(DicomRejectResult result, DicomRejectSource source, DicomRejectReason reason)
    {
        Error = new DicomAssociationRejectedException(result, source, reason);
        _answer.TrySetResult(AssociationAnswer.Rejected);
        return Task.CompletedTask;
    }

    public Task OnReceiveAssociationReleaseResponseAsync()
    {
        _released.TrySetResult();
        return Task.CompletedTask;
    }

    public void OnReceiveAbort(DicomAbortSource source, DicomAbortReason reason) =>
        Error ??= new DicomAssociationAbortedException(source, reason);

    public void OnConnectionClosed(Exception exception)
    {
        WasInterrupted = !IsSendQueueEmpty;
        if (!_isAbandoned && !_released.Task.IsCompleted)
        {
            Error ??= exception == null ? new ConnectionClosedPrematurelyException() : new ConnectionClosedPrematurelyException(exception);
        }

        _ended.TrySetResult();
    }

    public async Task<DicomCStoreResponse> OnCStoreRequestAsync(DicomCStoreRequest request) =>
        _client.OnCStoreRequest is { } handler
            ? await handler(request).ConfigureAwait(false)
            : new DicomCStoreResponse(request, DicomStatus.SOPClassNotSupported);

    public Task OnCStoreRequestExceptionAsync(string tempFileName, Exception e) => Task.CompletedTask;

    private protected override Task<DicomNEventReportResponse> PerformNEventReportAsync(DicomNEventReportRequest request) =>
        _client.OnNEventReportRequest?.Invoke(request)
        ?? Task.FromResult(new DicomNEventReportResponse(request, DicomStatus.SOPClassNotSupported));

    private protected override void OnRequestTimedOut(DicomRequest request, TimeSpan timeout)
    {
        if (IsInsideMessage)
        {
            _isAbandoned = true;
        }

        _client.OnRequestTimedOut(request, timeout);
    }

    protected override Task OnSendQueueEmptyAsync()
    {
        Interlocked.Exchange(ref _idle, New()).TrySetResult();
        return Task.CompletedTask;
    }

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
