using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Storage.Ledger;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Inpaint.Medical.Storage.Tests.Ledger;

/// <summary>What the ledger promises, on each database it runs on.</summary>
public abstract class SeriesLedgerTests : IAsyncLifetime
{
    private readonly LedgerDatabase _database;
    private readonly SeriesLedger _ledger;

    protected SeriesLedgerTests(string connectionString)
    {
        _database = new LedgerDatabase(connectionString);
        _ledger = new SeriesLedger(_database, TimeProvider.System);
    }

    public async ValueTask InitializeAsync() => await _database.MigrateAsync(CancellationToken.None);

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task GivenManySendersOfOneSeries_WhenRecordedAtOnce_ThenAllAreCounted()
    {
        IReadOnlyList<IntakeOutcome>[] outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(sender => Task.Run(
            () => _ledger.RecordAsync([.. Enumerable.Range(0, 5).Select(i => Instance($"1.{sender}.{i}"))], CancellationToken.None))));

        Assert.All(outcomes.SelectMany(group => group), outcome => Assert.Equal(IntakeOutcome.Recorded, outcome));
        Assert.Equal(40, (await SingleJob()).InstanceCount);
    }

    private async Task<IntakeOutcome> RecordAsync(LedgerInstance instance) =>
        (await _ledger.RecordAsync([instance], CancellationToken.None)).Single();

    [Fact]
    public async Task GivenFirstInstance_WhenRecorded_ThenItsSeriesIsReceiving()
    {
        Assert.Equal(IntakeOutcome.Recorded, await RecordAsync(Instance("1.1")));

        LedgerJob job = await SingleJob();
        Assert.Equal((JobState.Receiving, 1, 1), (job.State, job.Generation, job.InstanceCount));
    }

    [Fact]
    public async Task GivenTheSameObjectTwice_WhenRecorded_ThenTheSecondChangesNothing()
    {
        await RecordAsync(Instance("1.1"));

        Assert.Equal(IntakeOutcome.Duplicate, await RecordAsync(Instance("1.1")));
        Assert.Equal(1, (await SingleJob()).InstanceCount);
    }

    [Fact]
    public async Task GivenAnotherDataSetUnderTheSameUid_WhenRecorded_ThenTheFirstStays()
    {
        await RecordAsync(Instance("1.1", content: "a"));

        Assert.Equal(IntakeOutcome.Different, await RecordAsync(Instance("1.1", content: "b")));
        Assert.Equal(Hash("1.1a"), (await _ledger.InstanceAsync("1.1", CancellationToken.None)).ContentSha256);
        Assert.Equal(1, (await SingleJob()).InstanceCount);
    }

    [Fact]
    public async Task GivenManySendersOfOneInstance_WhenRecordedAtOnce_ThenOneIsRecorded()
    {
        IntakeOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            () => RecordAsync(Instance("1.1")))));

        Assert.Equal(1, outcomes.Count(outcome => outcome == IntakeOutcome.Recorded));
        Assert.Equal(15, outcomes.Count(outcome => outcome == IntakeOutcome.Duplicate));
    }

    [Fact]
    public async Task GivenLateInstanceBeforePlanning_WhenRecorded_ThenTheSameGenerationReceivesAgain()
    {
        LedgerJob held = await JobIn(JobState.Settled);

        await RecordAsync(Instance("1.2"));

        LedgerJob job = await SingleJob();
        Assert.Equal((JobState.Receiving, 1, 2), (job.State, job.Generation, job.InstanceCount));
        Assert.False(await _ledger.MoveAsync(held, JobState.Confirmed, null, CancellationToken.None));
    }

    [Fact]
    public async Task GivenLateInstanceAfterPlanning_WhenRecorded_ThenANewGenerationSupersedesTheOld()
    {
        LedgerJob held = await JobIn(JobState.Settled, JobState.Confirmed, JobState.Planned, JobState.Running);

        await RecordAsync(Instance("1.2"));

        await using LedgerContext context = _database.Open();
        List<LedgerJob> jobs = await context.Jobs.OrderBy(job => job.Generation).ToListAsync();
        Assert.Equal([JobState.Superseded, JobState.Receiving], jobs.Select(job => job.State));
        Assert.Equal(2, jobs[1].InstanceCount);
        Assert.False(await _ledger.MoveAsync(held, JobState.Produced, null, CancellationToken.None));
    }

    [Fact]
    public async Task GivenTwoWorkers_WhenBothLease_ThenOneGetsTheJob()
    {
        await RecordAsync(Instance("1.1"));
        long id = (await SingleJob()).Id;

        LedgerJob?[] leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            () => _ledger.LeaseAsync(id, $"worker {worker}", TimeSpan.FromMinutes(1), CancellationToken.None))));

        Assert.Single(leases, lease => lease is not null);
    }

    [Fact]
    public async Task GivenLeaseRanOut_WhenAnotherWorkerTakesOver_ThenTheFirstIsFencedOff()
    {
        await RecordAsync(Instance("1.1"));
        long id = (await SingleJob()).Id;
        LedgerJob first = (await _ledger.LeaseAsync(id, "first", TimeSpan.Zero, CancellationToken.None))!;
        LedgerJob second = (await _ledger.LeaseAsync(id, "second", TimeSpan.FromMinutes(1), CancellationToken.None))!;

        Assert.False(await _ledger.MoveAsync(first, JobState.Settled, null, CancellationToken.None));
        Assert.False(await _ledger.RenewAsync(first, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.True(await _ledger.MoveAsync(second, JobState.Settled, null, CancellationToken.None));
    }

    [Fact]
    public async Task GivenWorkersThatDieWhileTheJobRuns_WhenOthersTakeOver_ThenEachCountsAsAnAttemptAndNoneAsACrash()
    {
        LedgerJob held = await JobIn(JobState.Settled, JobState.Confirmed, JobState.Planned, JobState.Running);
        await _ledger.LeaseAsync(held.Id, "worker", TimeSpan.Zero, CancellationToken.None);

        await _ledger.LeaseAsync(held.Id, "second", TimeSpan.Zero, CancellationToken.None);
        await _ledger.LeaseAsync(held.Id, "third", TimeSpan.Zero, CancellationToken.None);
        LedgerJob last = (await _ledger.LeaseAsync(held.Id, "fourth", TimeSpan.FromMinutes(1), CancellationToken.None))!;

        Assert.Equal((JobState.Running, 3, 0), (last.State, last.Attempts, last.Crashes));
    }

    [Theory]
    [InlineData(JobState.Settled)]
    [InlineData(JobState.Settled, JobState.Confirmed, JobState.Planned, JobState.Running, JobState.Produced, JobState.Sending)]
    public async Task GivenAWorkerThatDiesInAnyOtherState_WhenAnotherTakesOver_ThenNothingIsCountedAgainstTheJob(params JobState[] path)
    {
        LedgerJob held = await JobIn(path);
        await _ledger.LeaseAsync(held.Id, "worker", TimeSpan.Zero, CancellationToken.None);

        LedgerJob next = (await _ledger.LeaseAsync(held.Id, "second", TimeSpan.FromMinutes(1), CancellationToken.None))!;

        Assert.Equal((path[^1], 0, 0), (next.State, next.Attempts, next.Crashes));
    }

    [Fact]
    public async Task GivenALeaseOfAWorkerThatIsDead_WhenOneThatIsAloneStarts_ThenItNeedNotWaitForTheLeaseToEnd()
    {
        LedgerJob held = await JobIn(JobState.Settled);
        Assert.Null(await _ledger.LeaseAsync(held.Id, "next", TimeSpan.FromMinutes(1), CancellationToken.None));

        await _ledger.EndLeasesAsync(CancellationToken.None);

        Assert.NotNull(await _ledger.LeaseAsync(held.Id, "next", TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.False(await _ledger.MoveAsync(held, JobState.Confirmed, null, CancellationToken.None));
    }

    [Fact]
    public async Task GivenWaitingJob_WhenItsTimeHasNotCome_ThenNobodyGetsIt()
    {
        LedgerJob held = await JobIn();
        await _ledger.WaitAsync(
            held, DateTime.UtcNow.AddHours(1), new JobReason(ErrorCode.DestinationUnreachable, "no answer"), CancellationToken.None);

        Assert.Null(await _ledger.LeaseAsync(held.Id, "other", TimeSpan.FromMinutes(1), CancellationToken.None));
        LedgerJob job = await SingleJob();
        Assert.Equal((JobState.Waiting, JobState.Receiving, 1), (job.State, job.ResumeState, job.Attempts));
    }

    [Fact]
    public async Task GivenWaitingJob_WhenTheClockIsSetBack_ThenItIsDue()
    {
        LedgerJob held = await JobIn();
        await _ledger.WaitAsync(
            held, DateTime.UtcNow.AddMinutes(1), new JobReason(ErrorCode.DestinationUnreachable, "no answer"), CancellationToken.None);
        var hourBack = new SeriesLedger(_database, new ShiftedTime(TimeSpan.FromHours(-1)));

        Assert.NotNull(await hourBack.LeaseAsync(held.Id, "worker", TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(-24, true)]
    public async Task GivenALeaseOfAWorkerThatIsDead_WhenTheClockIsSetBack_ThenItEndsWithinTheLongestLease(int hours, bool hasEnded)
    {
        await RecordAsync(Instance("1.1"));
        long id = (await SingleJob()).Id;
        await _ledger.LeaseAsync(id, "dead", TimeSpan.FromSeconds(4), CancellationToken.None);
        var ledger = new SeriesLedger(_database, new ShiftedTime(TimeSpan.FromHours(hours)));

        Assert.Equal(hasEnded, await ledger.LeaseAsync(id, "living", TimeSpan.FromSeconds(4), CancellationToken.None) is not null);
    }

    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
    }

    [Fact]
    public async Task GivenDeadJob_WhenOperatorRetries_ThenItGoesBackToWhereItWas()
    {
        LedgerJob held = await JobIn(JobState.Settled);
        await _ledger.EndAsync(held, JobState.Dead, new JobReason(ErrorCode.Internal, "failed", "look"), CancellationToken.None);

        LedgerJob? job = await _ledger.OperateAsync(held.Id, JobState.Settled, CancellationToken.None);

        Assert.Equal(JobState.Settled, job!.State);
    }

    [Theory]
    [InlineData(JobState.Receiving, JobState.Running)]
    [InlineData(JobState.Done, JobState.Running)]
    [InlineData(JobState.Superseded, JobState.Receiving)]
    [InlineData(JobState.Produced, JobState.Running)]
    public void TheTableRefusesShortcuts(JobState from, JobState to) => Assert.False(JobTransitions.IsAllowed(from, to));

    [Fact]
    public void EveryStateIsReachedFromReceiving()
    {
        var reached = new HashSet<JobState> { JobState.Receiving };
        while (Enum.GetValues<JobState>().FirstOrDefault(
            to => !reached.Contains(to) && reached.Any(from => JobTransitions.IsAllowed(from, to)), (JobState)(-1)) is var next
            && (int)next != -1)
        {
            reached.Add(next);
        }

        Assert.Equal(Enum.GetValues<JobState>().Length, reached.Count);
    }

    private async Task<LedgerJob> JobIn(params JobState[] path)
    {
        await RecordAsync(Instance("1.1"));
        LedgerJob job = (await _ledger.LeaseAsync(
            (await SingleJob()).Id, "worker", TimeSpan.FromMinutes(1), CancellationToken.None))!;
        foreach (JobState state in path)
        {
            Assert.True(await _ledger.MoveAsync(job, state, null, CancellationToken.None));
        }

        return job;
    }

    private async Task<LedgerJob> SingleJob()
    {
        await using LedgerContext context = _database.Open();
        return await context.Jobs.AsNoTracking().SingleAsync();
    }

    private static LedgerInstance Instance(string uid, string content = "p") => new()
    {
        SopInstanceUid = uid,
        SopClassUid = "1.2.840.10008.5.1.4.1.1.4",
        StudyInstanceUid = "1",
        SeriesInstanceUid = "1.0",
        ContentSha256 = Hash(uid + content),
        RelativePath = uid,
        Length = 1,
        ReceivedUtc = DateTime.UtcNow,
        Channel = "association",
        Receiver = "INPAINT",
    };

    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
