using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>Looks through the ledger for jobs that are due and hands them to Quartz, at their time and priority.</summary>
[DisallowConcurrentExecution]
internal sealed class JobSweep(LedgerDatabase database, ObjectStore store, SettleClock settle, TimeProvider time, SteadyTime steady) : IJob
{
    private const int MostAtOnce = 200;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        DateTime ahead = now + SeriesLedger.ClockTolerance;
        DateTime beyond = ahead + SeriesLedger.LongestLease;
        await using LedgerContext ledger = database.Open();
        var due = await ledger.Jobs.AsNoTracking()
            .Where(job => job.State != JobState.Done && job.State != JobState.Skipped && job.State != JobState.Dead
                && job.State != JobState.Superseded && job.State != JobState.Dropped && job.State != JobState.Suspended
                && (job.NotBeforeUtc == null || job.NotBeforeUtc <= now || job.UpdatedUtc > ahead)
                && (job.LeaseOwner == null || job.LeaseUntilUtc < now || job.LeaseUntilUtc > beyond))
            .OrderByDescending(job => job.Priority).ThenBy(job => job.Id)
            .Select(job => new { job.Id, job.Priority, job.State, job.InstanceCount, job.ExpectedCount }).Take(MostAtOnce).ToListAsync(cancellationToken);
        foreach (var job in due)
        {
            if (job.State == JobState.Receiving && !settle.IsQuiet(job.Id, job.InstanceCount, job.ExpectedCount))
            {
                continue;
            }

            var key = new JobKey($"series-{job.Id}");
            if (!await context.Scheduler.Exists(key, cancellationToken))
            {
                await context.Scheduler.ScheduleJob(
                    JobBuilder.Create<SeriesJob>().WithIdentity(key).RequestRecovery().UsingJobData(SeriesJob.JobIdKey, job.Id).Build(),
                    TriggerBuilder.Create(steady).WithIdentity(key.Name).WithPriority(job.Priority)
                        .WithExecutionGroup(SeriesJob.ExecutionGroup).StartNow().Build(),
                    cancellationToken: cancellationToken);
            }
        }

        var counts = await ledger.Jobs.GroupBy(job => job.State)
            .Select(group => new { State = group.Key, Count = group.Count() }).ToListAsync(cancellationToken);
        WorkerMetrics.Queue(counts.Select(row => KeyValuePair.Create(row.State.ToString(), row.Count)), store.UsedFraction());
    }
}
