using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Dicom.Network;
using Inpaint.Medical.Storage.Intake;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Inpaint.Medical.Worker.Deliver;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>One step of a job from each state; every step ends in the ledger before the next begins.</summary>
internal sealed class SeriesSteps(
    SeriesLedger ledger,
    LedgerDatabase database,
    IntakeRecorder recorder,
    ObjectStore store,
    IReadOnlyList<IDestination> destinations,
    ArchiveOfChoice archive,
    SettleClock settle,
    WorkerOptions options,
    TimeProvider time,
    ILogger<SeriesSteps> logger)
{
    private const int MostCrashes = 2;

    /// <summary>Moves a leased job on by one state.</summary>
    /// <returns>False: it waits, is done, or the lease is lost.</returns>
    public async Task<bool> StepAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        // What was acknowledged counts as here, although its row may be a moment behind.
        await recorder.SettledAsync();
        JobState before = job.State;
        bool goesOn = job.State switch
        {
            JobState.Receiving => await SettleAsync(job, cancellationToken),
            JobState.Settled => await ConfirmAsync(job, cancellationToken),
            JobState.Confirmed => await PlanAsync(job, cancellationToken),
            JobState.Planned => await ledger.MoveAsync(job, JobState.Running, null, cancellationToken),
            JobState.Running => await ReconstructAsync(job, cancellationToken),
            JobState.Produced => await ledger.MoveAsync(job, JobState.Sending, null, cancellationToken),
            JobState.Sending => await SendAsync(job, cancellationToken),
            JobState.Sent => await VerifyAsync(job, cancellationToken),
            JobState.Waiting => await ledger.MoveAsync(job, job.ResumeState!.Value, (row, _) => row.NotBeforeUtc = null, cancellationToken),
            _ => false,
        };
        if (job.State != before)
        {
            WorkerMetrics.Reached(job.State.ToString());
            logger.LogInformation("Job {Job} generation {Generation}: {From} to {To}", job.Id, job.Generation, before, job.State);
        }

        return goesOn && !JobTransitions.Final.Contains(job.State) && job.State is not (JobState.Waiting or JobState.Suspended);
    }

    private async Task<bool> SettleAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        if (!settle.IsQuiet(job.Id, await ArrivedAsync(job, cancellationToken), job.ExpectedCount))
        {
            return false;
        }

        settle.Forget(job.Id);
        return await ledger.MoveAsync(job, JobState.Settled, null, cancellationToken);
    }

    /// <summary>Instances among the rows now; some may have come since the job was leased.</summary>
    private async Task<int> ArrivedAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        return await context.Jobs.Where(row => row.Id == job.Id).Select(row => row.InstanceCount).SingleAsync(cancellationToken);
    }

    /// <summary>Missing means missing in the archive: what it has is fetched, and only what it does not have may be synthesised.</summary>
    private async Task<bool> ConfirmAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        if (archive.Archive is null)
        {
            string waived = options.NoArchiveCheck ? "no archive was asked: waived by the operator" : "no archive is configured";
            return await ledger.MoveAsync(job, JobState.Confirmed, (row, _) => row.ArchiveAnswer = waived, cancellationToken);
        }

        ArchiveHoldings holdings = await archive.Archive.FindInstancesAsync(job.StudyInstanceUid, job.SeriesInstanceUid, cancellationToken);
        if (holdings.SopInstanceUids is not { } there)
        {
            await RetryAsync(job, new JobReason(
                ErrorCode.DestinationUnreachable, "The archive did not answer; nothing is synthesised until it does.",
                "Check the archive's address, AE title and that it knows ours."), cancellationToken);
            return false;
        }

        HashSet<string> here = await HeldAsync(job, cancellationToken);
        string[] missing = [.. there.Where(uid => !here.Contains(uid))];
        if (missing.Length == 0)
        {
            string answer = there.Count == 0
                ? "the archive holds nothing of this series"
                : $"the archive holds {there.Count} instances, all of them received";
            return await ledger.MoveAsync(job, JobState.Confirmed, (row, _) =>
            {
                row.ArchiveAnswer = answer;
                row.Attempts = job.Attempts = 0;
            }, cancellationToken);
        }

        await ledger.NoteAsync("fetch", $"job {job.Id}: {missing.Length} instances are in the archive and not here", cancellationToken);
        await archive.Archive.FetchAsync(job.StudyInstanceUid, job.SeriesInstanceUid, missing, cancellationToken);
        await recorder.SettledAsync();
        HashSet<string> afterwards = await HeldAsync(job, cancellationToken);
        int fetched = missing.Count(afterwards.Contains);
        if (fetched < missing.Length)
        {
            await RetryAsync(job, new JobReason(
                ErrorCode.DestinationRefused, $"The archive holds {missing.Length} instances that are not here and sent {fetched} of them.",
                "Make our AE title and port known to the archive as a move destination."), cancellationToken);
        }

        // Arrivals have put the job back to Receiving; it settles and asks again.
        return false;
    }

    private async Task<bool> PlanAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        if (options.Mode == WorkerMode.Report)
        {
            TaskResult? looked = await RunTaskAsync(job, false, time.GetUtcNow().UtcDateTime, cancellationToken);
            if (looked is null)
            {
                await CrashedAsync(job, cancellationToken);
                return false;
            }

            await ledger.EndAsync(job, JobState.Skipped, Explain(looked, "Reported only: the worker is in report mode."), cancellationToken);
            return false;
        }

        // Fixed before the first voxel is made, so that every retry gives the same identifiers and times.
        DateTime planned = time.GetUtcNow().UtcDateTime;
        planned = new DateTime(planned.Ticks - (planned.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        return await ledger.MoveAsync(job, JobState.Planned, (row, _) => row.PlannedUtc = job.PlannedUtc = planned, cancellationToken);
    }

    private async Task<bool> ReconstructAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        if (job.Attempts >= options.MostAttempts)
        {
            await ledger.EndAsync(job, JobState.Dead, new JobReason(
                ErrorCode.Internal, $"The worker died while this job ran; given up after {job.Attempts} attempts.",
                "Find out why the worker dies (memory, power), then retry."), cancellationToken);
            return false;
        }

        TaskResult? result = await RunTaskAsync(job, true, job.PlannedUtc!.Value, cancellationToken);
        if (result is null)
        {
            await CrashedAsync(job, cancellationToken);
            return false;
        }

        if (result.Outcome != RunOutcome.Reconstructed)
        {
            JobState end = result.Outcome == RunOutcome.Failed ? JobState.Dead : JobState.Skipped;
            await ledger.EndAsync(job, end, Explain(result, "Nothing was to be filled."), cancellationToken);
            return false;
        }

        return await ledger.MoveAsync(job, JobState.Produced, (row, context) =>
        {
            row.RunId = result.RunId;
            row.OutputFolder = OutputFolder(job);
            row.DerivedSeriesInstanceUid = job.DerivedSeriesInstanceUid = result.Outputs[0].SeriesInstanceUid;
            row.Attempts = job.Attempts = 0;
            foreach (IDestination destination in destinations)
            {
                context.Deliveries.AddRange(result.Outputs.Select(output => new LedgerDelivery
                {
                    JobId = job.Id,
                    Destination = destination.Name,
                    SopInstanceUid = output.SopInstanceUid,
                    SopClassUid = output.SopClassUid,
                    RelativePath = Path.GetRelativePath(store.Root, output.Path),
                    Sha256 = output.Sha256,
                    State = DeliveryState.Pending,
                    UpdatedUtc = time.GetUtcNow().UtcDateTime,
                }));
            }
        }, cancellationToken);
    }

    private async Task<bool> SendAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        List<LedgerDelivery> open = await DeliveriesAsync(job, row => row.State == DeliveryState.Pending, cancellationToken);
        string? refusal = null;
        foreach (IGrouping<string, LedgerDelivery> group in open.GroupBy(row => row.Destination))
        {
            IDestination? destination = destinations.FirstOrDefault(candidate => candidate.Name == group.Key);
            if (destination is null)
            {
                refusal = $"Destination {group.Key} is no longer configured.";
                continue;
            }

            IReadOnlyList<SendOutcome> outcomes = await destination.SendAsync([.. group.Select(Instance)], cancellationToken);
            if (!await NoteOutcomesAsync(job, destination.Name, outcomes, cancellationToken))
            {
                return false;
            }

            if (outcomes.FirstOrDefault(outcome => outcome.IsPermanent) is { } refused)
            {
                refusal = $"{destination.Name} refused an instance with status {refused.Status:X4}.";
            }
        }

        if (refusal is not null)
        {
            await ledger.EndAsync(job, JobState.Dead, new JobReason(
                ErrorCode.DestinationRefused, refusal, "Correct the destination, then retry the job; what it stored is not sent again."), cancellationToken);
            return false;
        }

        List<LedgerDelivery> left = await DeliveriesAsync(job, row => row.State == DeliveryState.Pending, cancellationToken);
        if (left.Count > 0)
        {
            await RetryAsync(job, new JobReason(
                ErrorCode.DestinationUnreachable, $"{left.Count} instances are not stored yet at {left[0].Destination}.",
                "Check that the destination is up; sending goes on by itself."), cancellationToken);
            return false;
        }

        return await ledger.MoveAsync(job, JobState.Sent, (row, _) => row.Attempts = job.Attempts = 0, cancellationToken);
    }

    private async Task<bool> VerifyAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        List<LedgerDelivery> rows = await DeliveriesAsync(job, row => row.State == DeliveryState.Stored, cancellationToken);
        foreach (IGrouping<string, LedgerDelivery> group in rows.GroupBy(row => row.Destination))
        {
            if (destinations.FirstOrDefault(candidate => candidate.Name == group.Key) is not { } destination)
            {
                await EndUnconfiguredAsync(job, group.Key, cancellationToken);
                return false;
            }

            Confirmation confirmation = await destination.ConfirmAsync(
                job.StudyInstanceUid, job.DerivedSeriesInstanceUid!, [.. group.Select(Instance)], cancellationToken);
            switch (confirmation)
            {
                case Confirmation.Held:
                    await SetStateAsync(job, group.Key, group.Select(row => row.SopInstanceUid), DeliveryState.Committed, null, cancellationToken);
                    break;
                case Confirmation.NotOffered:
                    await ledger.NoteAsync("not-confirmed", $"job {job.Id}: {group.Key} offers no way to confirm; its success answers stand alone", cancellationToken);
                    break;
                case Confirmation.NotHeld:
                    // "Sent" meant nothing here: all of it is offered again, under the same identifiers.
                    await SetStateAsync(job, group.Key, group.Select(row => row.SopInstanceUid), DeliveryState.Pending, null, cancellationToken);
                    await ledger.MoveAsync(job, JobState.Sending, null, cancellationToken);
                    await ledger.WaitAsync(job, NextAttempt(job), new JobReason(
                        ErrorCode.DestinationRefused, $"{group.Key} answered success and does not hold all instances; they are sent again."), cancellationToken);
                    return false;
                default:
                    await RetryAsync(job, new JobReason(
                        ErrorCode.DestinationUnreachable, $"{group.Key} has not confirmed yet what it stored."), cancellationToken);
                    return false;
            }
        }

        return await ledger.MoveAsync(job, JobState.Done, (row, _) => (row.LeaseOwner, row.LeaseUntilUtc) = (null, null), cancellationToken);
    }

    private Task<bool> EndUnconfiguredAsync(LedgerJob job, string destination, CancellationToken cancellationToken) =>
        ledger.EndAsync(job, JobState.Dead, new JobReason(
            ErrorCode.DestinationRefused, $"Destination {destination} is no longer configured.",
            "Configure it again and retry the job, or drop the job."), cancellationToken);

    /// <summary>A step that threw: tried again with growing pauses, and given up after as many attempts as any other failure.</summary>
    public Task<bool> FailedAsync(LedgerJob job, Exception failure, CancellationToken cancellationToken) => RetryAsync(
        job, new JobReason(ErrorCode.Internal, $"A step failed with {failure.GetType().Name}.", "See the log of this time."), cancellationToken);

    private async Task<TaskResult?> RunTaskAsync(LedgerJob job, bool reconstruct, DateTime planned, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        List<string> files = await context.Instances.Where(row => row.SeriesInstanceUid == job.SeriesInstanceUid)
            .OrderBy(row => row.SopInstanceUid).Select(row => row.RelativePath).ToListAsync(cancellationToken);
        string runs = Directory.CreateDirectory(store.FullPath(Path.Combine("jobs", $"{job.Id}"))).FullName;
        foreach (string abandoned in Directory.GetDirectories(runs))
        {
            // Left by a worker that died between writing and recording; nothing of it was sent.
            Directory.Delete(abandoned, recursive: true);
        }

        Receiver? receiver = options.Receivers().FirstOrDefault(candidate => candidate.AeTitle == job.Receiver);
        var task = new ReconstructionTask(
            [.. files.Select(store.FullPath)], store.FullPath(OutputFolder(job)), reconstruct, job.Generation, planned, receiver?.Protocols ?? [],
            options.Protocols, options.Method, options.SiteSecret, job.ArchiveAnswer);
        long started = time.GetTimestamp();
        TaskResult? result = await ReconstructionProcess.RunAsync(
            task, store.FullPath(RunFolder(job)), TimeSpan.FromSeconds(options.LongestRunSeconds), cancellationToken);
        WorkerMetrics.Reconstructed(time.GetElapsedTime(started));
        return result;
    }

    private async Task CrashedAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        await ledger.ChangeAsync(job, (row, _) => row.Crashes = ++job.Crashes, cancellationToken);
        JobState end = job.Crashes >= MostCrashes ? JobState.Dead : JobState.Waiting;
        var reason = new JobReason(ErrorCode.Internal, "The reconstruction process died or ran out of time.", "See the log of this time; retry once the cause is known.");
        if (end == JobState.Dead)
        {
            await ledger.EndAsync(job, end, reason, cancellationToken);
        }
        else
        {
            await ledger.WaitAsync(job, NextAttempt(job), reason, cancellationToken);
        }
    }

    private Task<bool> RetryAsync(LedgerJob job, JobReason reason, CancellationToken cancellationToken) =>
        job.Attempts + 1 >= options.MostAttempts
            ? ledger.EndAsync(job, JobState.Dead, reason with { Text = $"{reason.Text} Given up after {job.Attempts + 1} attempts." }, cancellationToken)
            : ledger.WaitAsync(job, NextAttempt(job), reason, cancellationToken);

    private DateTime NextAttempt(LedgerJob job) =>
        time.GetUtcNow().UtcDateTime + BackOff.After(job.Attempts, TimeSpan.FromSeconds(options.FirstRetrySeconds), job.Id);

    private async Task<bool> NoteOutcomesAsync(
        LedgerJob job, string destination, IReadOnlyList<SendOutcome> outcomes, CancellationToken cancellationToken)
    {
        foreach (IGrouping<(bool IsStored, ushort? Status), SendOutcome> group in outcomes.GroupBy(outcome => (outcome.IsStored, outcome.Status)))
        {
            WorkerMetrics.Offered(group.Key.IsStored ? "stored" : group.Key.Status is null ? "no answer" : "refused");
            if (!await SetStateAsync(job, destination, group.Select(outcome => outcome.SopInstanceUid),
                group.Key.IsStored ? DeliveryState.Stored : DeliveryState.Pending, group.Key.Status, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private Task<bool> SetStateAsync(
        LedgerJob job, string destination, IEnumerable<string> uids, DeliveryState state, int? status, CancellationToken cancellationToken)
    {
        string[] wanted = [.. uids];
        return ledger.ChangeAsync(job, (_, context) =>
        {
            foreach (LedgerDelivery row in context.Deliveries.Where(
                row => row.JobId == job.Id && row.Destination == destination && wanted.Contains(row.SopInstanceUid)))
            {
                (row.State, row.Status, row.UpdatedUtc) = (state, status ?? row.Status, time.GetUtcNow().UtcDateTime);
            }
        }, cancellationToken);
    }

    private async Task<List<LedgerDelivery>> DeliveriesAsync(
        LedgerJob job, System.Linq.Expressions.Expression<Func<LedgerDelivery, bool>> which, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        return await context.Deliveries.AsNoTracking().Where(row => row.JobId == job.Id).Where(which)
            .OrderBy(row => row.RelativePath).ToListAsync(cancellationToken);
    }

    private async Task<HashSet<string>> HeldAsync(LedgerJob job, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        return await context.Instances.Where(row => row.SeriesInstanceUid == job.SeriesInstanceUid)
            .Select(row => row.SopInstanceUid).ToHashSetAsync(cancellationToken);
    }

    private SentInstance Instance(LedgerDelivery row) => new(row.SopClassUid, row.SopInstanceUid, store.FullPath(row.RelativePath));

    // One for each lease: a run whose lease was lost never writes where the next one does.
    private static string RunFolder(LedgerJob job) => Path.Combine("jobs", $"{job.Id}", $"run-{job.FencingToken}");

    private static string OutputFolder(LedgerJob job) => Path.Combine(RunFolder(job), "output");

    private static JobReason Explain(TaskResult result, string otherwise) =>
        new(result.Code, result.Message ?? $"{otherwise} {result.MaskedSlices} slices are missing or spoiled.");
}
