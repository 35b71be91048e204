using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>An operator's commands on jobs, the same from the command line and over HTTP.</summary>
public sealed class QueueOperations(SeriesLedger ledger, LedgerDatabase database)
{
    public static IReadOnlyList<string> Commands { get; } = ["retry", "suspend", "resume", "drop"];

    /// <returns>The job afterwards; null when there is no such job.</returns>
    /// <exception cref="InvalidOperationException">The command is unknown, or not possible in the job's state.</exception>
    public async Task<LedgerJob?> RunAsync(long jobId, string command, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        LedgerJob? job = await context.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == jobId, cancellationToken);
        if (job is null)
        {
            return null;
        }

        JobState to = command switch
        {
            "suspend" => JobState.Suspended,
            "drop" => JobState.Dropped,
            "retry" when job.State is JobState.Dead or JobState.Waiting => job.ResumeState ?? JobState.Settled,
            "resume" when job.State == JobState.Suspended => job.ResumeState ?? JobState.Receiving,
            "retry" or "resume" => throw new InvalidOperationException($"Job {jobId} is {job.State}: there is nothing to {command}."),
            _ => throw new InvalidOperationException($"Unknown command '{command}'; known: {string.Join(", ", Commands)}."),
        };
        return await ledger.OperateAsync(jobId, to, cancellationToken);
    }
}
