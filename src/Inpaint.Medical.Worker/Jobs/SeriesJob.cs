using Inpaint.Medical.Storage.Ledger;
using Quartz;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>
/// Carries one series as far as it goes, under a lease. Quartz runs it on one of the workers, again elsewhere if that one dies; the
/// ledger decides what is to be done and refuses a worker that lost its lease.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class SeriesJob(SeriesLedger ledger, SeriesSteps steps, WorkerIdentity identity, WorkerOptions options, ILogger<SeriesJob> logger) : IJob
{
    public const string JobIdKey = "job";

    /// <summary>What is limited to <see cref="WorkerOptions.Concurrency"/> on each worker.</summary>
    public const string ExecutionGroup = "series";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        long id = context.MergedJobDataMap.GetLong(JobIdKey);
        LedgerJob? job = await ledger.LeaseAsync(id, identity.Name, options.Lease, cancellationToken);
        if (job is null)
        {
            return;
        }

        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task renewal = RenewAsync(job, lost);
        try
        {
            while (await steps.StepAsync(job, lost.Token))
            {
            }
        }
        catch (OperationCanceledException)
        {
            logger.LogInformation("Job {Job} is left to be taken up again", id);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            logger.LogError("A step of job {Job} failed: {Type}", id, failure.GetType().Name);
            await steps.FailedAsync(job, failure, CancellationToken.None);
        }
        finally
        {
            await lost.CancelAsync();
            await renewal;
            await ledger.ReleaseAsync(job, CancellationToken.None);
        }
    }

    private async Task RenewAsync(LedgerJob job, CancellationTokenSource lost)
    {
        using var timer = new PeriodicTimer(options.Lease / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(lost.Token))
            {
                if (!await ledger.RenewAsync(job, options.Lease, lost.Token))
                {
                    logger.LogWarning("The lease of job {Job} was lost", job.Id);
                    await lost.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The job has ended.
        }
    }
}

/// <summary>Tells workers on one ledger apart; new at every start.</summary>
internal sealed record WorkerIdentity(string Name)
{
    public static WorkerIdentity Create() => new($"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}");
}
