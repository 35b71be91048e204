using System.Collections.Concurrent;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>
/// How long a series has been quiet, on a monotonic clock: a wall clock that jumps neither settles a series early nor holds it for
/// hours. After a restart the quiet time begins anew.
/// </summary>
internal sealed class SettleClock(WorkerOptions options, TimeProvider time)
{
    private static readonly TimeSpan QuietWhenComplete = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, (int Count, long Since)> _seen = new();

    /// <summary>Whether nothing has arrived for the quiet time; a series with its expected count needs little of it.</summary>
    public bool IsQuiet(long jobId, int instanceCount, int? expectedCount)
    {
        bool isComplete = expectedCount is { } expected && instanceCount >= expected;
        TimeSpan needed = isComplete && options.Quiet > QuietWhenComplete ? QuietWhenComplete : options.Quiet;
        return QuietFor(jobId, instanceCount) >= needed;
    }

    /// <summary>Time since the instance count of the job was first seen at its present value.</summary>
    public TimeSpan QuietFor(long jobId, int instanceCount)
    {
        long now = time.GetTimestamp();
        (int Count, long Since) seen = _seen.AddOrUpdate(
            jobId, (instanceCount, now), (_, before) => before.Count == instanceCount ? before : (instanceCount, now));
        return time.GetElapsedTime(seen.Since, now);
    }

    public void Forget(long jobId) => _seen.TryRemove(jobId, out _);
}
