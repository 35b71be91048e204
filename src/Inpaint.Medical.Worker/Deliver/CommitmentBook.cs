using System.Collections.Concurrent;
using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker.Deliver;

/// <summary>
/// Storage commitment requests that wait for their reports, by Transaction UID. A report may come on any association; one that
/// nobody asked for is ignored.
/// </summary>
internal sealed class CommitmentBook
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StorageCommitmentReport>> _open = new();

    public void Open(string transactionUid) =>
        _open[transactionUid] = new TaskCompletionSource<StorageCommitmentReport>(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Report(StorageCommitmentReport report)
    {
        if (_open.TryGetValue(report.TransactionUid, out TaskCompletionSource<StorageCommitmentReport>? waiting))
        {
            waiting.TrySetResult(report);
        }
    }

    /// <summary>The report, or null when it does not come in time. A transaction is never used twice (PS3.4 J.3.2).</summary>
    public async Task<StorageCommitmentReport?> WaitAsync(string transactionUid, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            return await _open[transactionUid].Task.WaitAsync(longest, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _open.TryRemove(transactionUid, out _);
        }
    }
}
