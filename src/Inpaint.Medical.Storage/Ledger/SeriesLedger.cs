using System.Data;
using Inpaint.Medical.Core.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>What became of a received instance.</summary>
public enum IntakeOutcome
{
    /// <summary>Recorded; its series has a job.</summary>
    Recorded,

    /// <summary>The same data set is held already; nothing changed.</summary>
    Duplicate,

    /// <summary>Another data set is held under its UID, and stays.</summary>
    Different,

    /// <summary>The ledger cannot be written now; nothing was recorded.</summary>
    Unavailable,
}

/// <summary>Why a job leaves the straight path.</summary>
public sealed record JobReason(ErrorCode Code, string Text, string? Hint = null);

/// <summary>
/// The truth about what was received, what is to be done and what was done. Every change is one transaction, written with its
/// event; transitions outside <see cref="JobTransitions"/> and writes of a worker that lost its lease are refused.
/// </summary>
public sealed class SeriesLedger(LedgerDatabase database, TimeProvider time)
{
    private const int MostAttempts = 20;

    /// <summary>
    /// How far the clocks of workers on one ledger may be apart. A job that was put off at a time still to come was put off by a clock
    /// that has been set back since: it is due.
    /// </summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>No lease is given for longer. One that ends later was given by a clock that has been set back since: it has ended.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromHours(1);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Records instances whose files are durable already, in one transaction, and opens or extends the jobs of their series.
    /// </summary>
    /// <returns>What became of each, in the same order.</returns>
    public async Task<IReadOnlyList<IntakeOutcome>> RecordAsync(IReadOnlyList<LedgerInstance> instances, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instances);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await TryRecordAsync(instances, cancellationToken);
            }
            catch (Exception failure) when (attempt < MostAttempts && IsContention(failure))
            {
                // Another worker recorded into the same series at the same moment; its rows are seen now.
                await Task.Delay(Random.Shared.Next(10 * attempt), cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<IntakeOutcome>> TryRecordAsync(IReadOnlyList<LedgerInstance> instances, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        await using IDbContextTransaction transaction = await BeginAsync(context, cancellationToken);
        string[] uids = [.. instances.Select(instance => instance.SopInstanceUid)];
        Dictionary<string, LedgerInstance> held = await context.Instances.AsNoTracking()
            .Where(row => uids.Contains(row.SopInstanceUid)).ToDictionaryAsync(row => row.SopInstanceUid, cancellationToken);
        var jobs = new Dictionary<string, LedgerJob>();
        var outcomes = new IntakeOutcome[instances.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            LedgerInstance instance = instances[i];
            if (held.TryGetValue(instance.SopInstanceUid, out LedgerInstance? first))
            {
                outcomes[i] = first.ContentSha256 == instance.ContentSha256 ? IntakeOutcome.Duplicate : IntakeOutcome.Different;
                continue;
            }

            if (!jobs.TryGetValue(instance.SeriesInstanceUid, out LedgerJob? job))
            {
                job = jobs[instance.SeriesInstanceUid] = await JobForArrivalAsync(context, instance, cancellationToken);
            }

            held.Add(instance.SopInstanceUid, instance);
            context.Instances.Add(instance);
            job.InstanceCount++;
            job.ExpectedCount = instance.ExpectedCount ?? job.ExpectedCount;
            job.LastArrivalUtc = Now;
            job.UpdatedUtc = Now;
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return outcomes;
    }

    // Serialization failure, deadlock, unique violation (PostgreSQL appendix A); a fencing token that another worker moved on.
    private static bool IsContention(Exception failure) =>
        failure is DbUpdateConcurrencyException
        || (failure as Npgsql.PostgresException ?? failure.InnerException as Npgsql.PostgresException
            ?? failure.InnerException?.InnerException as Npgsql.PostgresException)?.SqlState is "40001" or "40P01" or "23505";

    /// <summary>The job that an arriving instance belongs to: the open one, or a new generation when output was planned already.</summary>
    private async Task<LedgerJob> JobForArrivalAsync(LedgerContext context, LedgerInstance instance, CancellationToken cancellationToken)
    {
        LedgerJob? latest = await context.Jobs.Where(job => job.SeriesInstanceUid == instance.SeriesInstanceUid)
            .OrderByDescending(job => job.Generation).FirstOrDefaultAsync(cancellationToken);
        JobState? stage = latest is null ? null
            : latest.State is JobState.Waiting or JobState.Suspended or JobState.Dead ? latest.ResumeState : latest.State;
        if (latest is not null && stage is JobState.Receiving or JobState.Settled or JobState.Confirmed)
        {
            if (latest.State is JobState.Settled or JobState.Confirmed)
            {
                latest.State = JobState.Receiving;
                latest.FencingToken++;
                Add(context, latest.Id, "late-instance", "before planning: the series is open again");
            }
            else if (latest.State is JobState.Waiting or JobState.Suspended or JobState.Dead)
            {
                latest.ResumeState = JobState.Receiving;
            }

            return latest;
        }

        if (latest is not null && latest.State != JobState.Dropped)
        {
            Add(context, latest.Id, "superseded", $"an instance arrived in state {latest.State}; generation {latest.Generation + 1} begins");
            latest.State = JobState.Superseded;
            latest.FencingToken++;
            latest.UpdatedUtc = Now;
        }

        int others = await context.Instances.CountAsync(row => row.SeriesInstanceUid == instance.SeriesInstanceUid, cancellationToken);
        var next = new LedgerJob
        {
            StudyInstanceUid = instance.StudyInstanceUid,
            SeriesInstanceUid = instance.SeriesInstanceUid,
            Generation = (latest?.Generation ?? 0) + 1,
            State = JobState.Receiving,
            Receiver = instance.Receiver,
            InstanceCount = others,
            CreatedUtc = Now,
            LastArrivalUtc = Now,
            UpdatedUtc = Now,
        };
        context.Jobs.Add(next);
        return next;
    }

    /// <summary>Takes a job for a worker until <paramref name="duration"/> from now.</summary>
    /// <returns>The job with its new fencing token; null when another worker holds it or its state is another one.</returns>
    public async Task<LedgerJob?> LeaseAsync(long jobId, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        DateTime now = Now;
        LedgerJob? job = await context.Jobs.FindAsync([jobId], cancellationToken);
        if (job is null || JobTransitions.Final.Contains(job.State) || job.State == JobState.Suspended
            || (job.NotBeforeUtc > now && job.UpdatedUtc <= now + ClockTolerance)
            || (job.LeaseOwner is not null && job.LeaseOwner != owner && job.LeaseUntilUtc > now && job.LeaseUntilUtc <= now + LongestLease + ClockTolerance))
        {
            return null;
        }

        if (job.LeaseOwner is not null && job.LeaseOwner != owner && job.State == JobState.Running)
        {
            // Reconstructions run in a process of their own, which is what a bad series kills: the worker died of something else.
            job.Attempts++;
            Add(context, job.Id, "taken-over", $"the lease of another worker ran out in state {job.State}");
        }

        job.LeaseOwner = owner;
        job.LeaseUntilUtc = now + duration;
        job.FencingToken++;
        return await TrySaveAsync(context, cancellationToken) ? job : null;
    }

    /// <summary>Ends all leases at the start of a worker that is alone on its ledger: whoever held one is dead.</summary>
    public async Task EndLeasesAsync(CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        await context.Jobs.Where(job => job.LeaseOwner != null)
            .ExecuteUpdateAsync(set => set.SetProperty(job => job.LeaseUntilUtc, DateTime.UnixEpoch), cancellationToken);
    }

    /// <summary>Lengthens a lease. False: it was lost, and the worker must stop.</summary>
    public async Task<bool> RenewAsync(LedgerJob held, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        await using LedgerContext context = database.Open();
        DateTime until = Now + duration;
        return await context.Jobs.Where(job => job.Id == held.Id && job.FencingToken == held.FencingToken)
            .ExecuteUpdateAsync(set => set.SetProperty(job => job.LeaseUntilUtc, until), cancellationToken) == 1;
    }

    /// <summary>Moves a leased job on, with other changes in the same transaction.</summary>
    /// <returns>False: the lease was lost; nothing was written.</returns>
    /// <exception cref="InvalidOperationException">The table does not allow the transition.</exception>
    public async Task<bool> MoveAsync(
        LedgerJob held, JobState to, Action<LedgerJob, LedgerContext>? change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        await using LedgerContext context = database.Open();
        LedgerJob? job = await context.Jobs.FindAsync([held.Id], cancellationToken);
        if (job is null || job.FencingToken != held.FencingToken)
        {
            return false;
        }

        Transition(context, job, to);
        change?.Invoke(job, context);
        if (!await TrySaveAsync(context, cancellationToken))
        {
            return false;
        }

        held.State = job.State;
        return true;
    }

    /// <summary>Puts a leased job off until a time, to go on where it was.</summary>
    public Task<bool> WaitAsync(LedgerJob held, DateTime untilUtc, JobReason reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        return MoveAsync(held, JobState.Waiting, (job, _) =>
        {
            job.NotBeforeUtc = untilUtc;
            job.Attempts++;
            Explain(job, reason);
            Release(job);
        }, cancellationToken);
    }

    /// <summary>Gives a leased job up, or sets it aside as needing nothing.</summary>
    public Task<bool> EndAsync(LedgerJob held, JobState end, JobReason reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        return MoveAsync(held, end, (job, _) =>
        {
            Explain(job, reason);
            Release(job);
        }, cancellationToken);
    }

    /// <summary>Gives a lease back without changing the state.</summary>
    public Task ReleaseAsync(LedgerJob held, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        return ChangeAsync(held, (job, _) => Release(job), cancellationToken);
    }

    /// <summary>Changes a leased job or its rows within its state.</summary>
    /// <returns>False: the lease was lost; nothing was written.</returns>
    public async Task<bool> ChangeAsync(LedgerJob held, Action<LedgerJob, LedgerContext> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(change);
        await using LedgerContext context = database.Open();
        LedgerJob? job = await context.Jobs.FindAsync([held.Id], cancellationToken);
        if (job is null || job.FencingToken != held.FencingToken)
        {
            return false;
        }

        change(job, context);
        job.UpdatedUtc = Now;
        return await TrySaveAsync(context, cancellationToken);
    }

    /// <summary>The row of an instance that is held.</summary>
    public async Task<LedgerInstance> InstanceAsync(string sopInstanceUid, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        return await context.Instances.AsNoTracking().SingleAsync(row => row.SopInstanceUid == sopInstanceUid, cancellationToken);
    }

    /// <summary>Writes an event that belongs to no change of a job.</summary>
    public async Task NoteAsync(string kind, string detail, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        Add(context, null, kind, detail);
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>An operator's command on a job that no worker needs to hold: suspend, resume, retry, drop.</summary>
    /// <returns>The job afterwards; null when there is no such job.</returns>
    /// <exception cref="InvalidOperationException">The table does not allow it in the job's state.</exception>
    public async Task<LedgerJob?> OperateAsync(long jobId, JobState to, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        LedgerJob? job = await context.Jobs.FindAsync([jobId], cancellationToken);
        if (job is null)
        {
            return null;
        }

        if (job.State == JobState.Dead)
        {
            // The cause is gone, says the operator: what was counted against the job is forgotten.
            (job.Attempts, job.Crashes) = (0, 0);
        }

        Transition(context, job, to);
        job.NotBeforeUtc = null;
        job.FencingToken++;
        Release(job);
        await context.SaveChangesAsync(cancellationToken);
        return job;
    }

    private void Transition(LedgerContext context, LedgerJob job, JobState to)
    {
        if (!JobTransitions.IsAllowed(job.State, to))
        {
            throw new InvalidOperationException($"Job {job.Id} cannot go from {job.State} to {to}.");
        }

        if (to is JobState.Waiting or JobState.Suspended or JobState.Dead)
        {
            job.ResumeState = job.State is JobState.Waiting or JobState.Suspended ? job.ResumeState : job.State;
        }

        Add(context, job.Id, "state", $"{job.State} to {to}");
        job.State = to;
        job.UpdatedUtc = Now;
    }

    private static void Explain(LedgerJob job, JobReason reason)
    {
        job.ReasonCode = (int)reason.Code;
        job.Reason = reason.Text;
        job.Hint = reason.Hint;
    }

    private static void Release(LedgerJob job)
    {
        job.LeaseOwner = null;
        job.LeaseUntilUtc = null;
    }

    private void Add(LedgerContext context, long? jobId, string kind, string detail) =>
        context.Events.Add(new LedgerEvent { Utc = Now, JobId = jobId, Kind = kind, Detail = detail });

    private static async Task<bool> TrySaveAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    // Serializable on PostgreSQL, and the only kind SQLite has: two associations may deliver the same instance at once.
    private static Task<IDbContextTransaction> BeginAsync(LedgerContext context, CancellationToken cancellationToken) =>
        context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
}
