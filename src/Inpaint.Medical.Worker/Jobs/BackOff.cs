namespace Inpaint.Medical.Worker.Jobs;

/// <summary>Times between attempts: doubling, bounded, spread by up to a fifth so that jobs do not march in step.</summary>
internal static class BackOff
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    /// <param name="attempts">Failed so far.</param>
    /// <param name="jobId">Seed of the spread: the same job waits the same time.</param>
    public static TimeSpan After(int attempts, TimeSpan first, long jobId)
    {
        double seconds = Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(attempts, 30)), Longest.TotalSeconds);
        double spread = ((((jobId * 31) + attempts) % 100) / 100.0 * 0.4) - 0.2;
        return TimeSpan.FromSeconds(seconds * (1 + spread));
    }
}
