using System.Collections.Concurrent;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>kill -9 at random moments and in every state: nothing acknowledged is lost, nothing is delivered twice.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int RandomKills = 70;
    private const int KillsInEachState = 4;
    private const int MostRounds = 10;

    private static readonly JobState[] States =
    [
        JobState.Receiving, JobState.Settled, JobState.Confirmed, JobState.Planned, JobState.Running, JobState.Produced, JobState.Sending, JobState.Sent,
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("worker-kill").FullName;
    private readonly CancellationTokenSource _end = new();

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task GivenKillsAtRandomMomentsWhileSeriesStreamIn_WhenAllIsSent_ThenEachSeriesIsDeliveredOnceAndNothingIsLost()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = Worker(peer);

        // Only here does a worker die every few seconds: a job may be hit more often than the ordinary number of attempts.
        worker.Environment["INPAINT_Worker__MostAttempts"] = "1000";
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        var acknowledged = new ConcurrentBag<string>();
        var series = new ConcurrentBag<string>();
        Task[] senders = [.. Enumerable.Range(0, 2).Select(sender => Task.Run(() => StreamAsync(worker.Port, whole, sender, acknowledged, series)))];

        var random = new Random(20);
        for (int kill = 0; kill < RandomKills; kill++)
        {
            worker.Launch();
            if (kill % 3 != 0)
            {
                // A third of the kills may hit the start itself.
                await RunningWorker.UntilAsync(async () => (await worker.GetAsync("/health/live")).Length > 0, "the worker lives");
            }

            // A tenth of a second to ten: short lives hit the receiving, long ones the work on what was received.
            await Task.Delay(TimeSpan.FromMilliseconds(100 * Math.Pow(100, random.NextDouble())));
            worker.Kill();
        }

        worker.Launch();
        await _end.CancelAsync();
        await Task.WhenAll(senders);
        var audit = new Audit(Data);
        await FinishAsync(audit, series.Count);

        await audit.ReceivedAsync(acknowledged);
        int delivered = await audit.DeliveredAsync(series, peer.Holdings);
        output.WriteLine(
            $"{RandomKills} kills, {acknowledged.Count} objects acknowledged, {series.Count} series, {delivered} instances delivered; "
            + $"answered again with identical content {peer.Successes - delivered}");
    }

    [Fact]
    public async Task GivenKillsInEveryState_WhenStartedAgain_ThenEachSeriesIsDeliveredOnceAndNothingIsLost()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = Worker(peer);
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        var acknowledged = new List<string>();
        var series = new List<string>();
        var found = States.ToDictionary(state => state, _ => 0);
        int kills = 0;
        var audit = new Audit(Data);
        for (int round = 0; round < MostRounds && found.Values.Min() < KillsInEachState; round++)
        {
            string[] files = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, $"{round}"), 100 + round);
            series.Add(Material.SeriesNumber(100 + round));
            await worker.StartAsync();
            Assert.True(Sender.Send(worker.Port, files));
            acknowledged.AddRange(files);
            await RunningWorker.UntilAsync(async () => (await audit.JobsAsync()).Count == round + 1, "the job is in the ledger");
            foreach (JobState state in States)
            {
                // Half of the kills come at once after the edge, half when the state's work is as far as it gets without the ledger.
                TimeSpan delay = round % 2 == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(2);
                JobState killedIn = await LedgerGate.KillInAsync(Data, worker, state, delay);
                found[killedIn] = found.GetValueOrDefault(killedIn) + 1;
                kills++;
                worker.Launch();
            }

            await FinishAsync(audit, series.Count);
            worker.Kill();
            kills++;
        }

        Assert.All(States, state => Assert.True(found[state] >= KillsInEachState, $"{state} was found after {found[state]} kills"));
        await audit.ReceivedAsync(acknowledged);
        int delivered = await audit.DeliveredAsync(series, peer.Holdings);
        output.WriteLine(
            $"{kills} kills, of them " + string.Join(", ", found.Select(pair => $"{pair.Key} {pair.Value}"))
            + $"; {acknowledged.Count} objects, {delivered} instances delivered, answered again with identical content {peer.Successes - delivered}");
    }

    [Fact]
    public async Task GivenAWorkerThatDiesEachTimeAJobRuns_WhenItsAttemptsAreUsedUp_ThenItIsDeadUntilAnOperatorRetriesIt()
    {
        const int Attempts = 3;
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = Worker(peer);
        worker.Environment["INPAINT_Worker__MostAttempts"] = $"{Attempts}";
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        await worker.StartAsync();
        Assert.True(Sender.Send(worker.Port, material.Files));
        var audit = new Audit(Data);
        await RunningWorker.UntilAsync(async () => (await audit.JobsAsync()).Count == 1, "the job is in the ledger");
        for (int death = 0; death < Attempts; death++)
        {
            Assert.Equal(JobState.Running, await LedgerGate.KillInAsync(Data, worker, JobState.Running, TimeSpan.Zero, attempts: death));
            worker.Launch();
        }

        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "dead", "the job is dead");
        LedgerJob job = Assert.Single(await audit.JobsAsync());
        Assert.Equal((Attempts, 0), (job.Attempts, job.Crashes));
        Assert.StartsWith("The worker died while this job ran", job.Reason, StringComparison.Ordinal);

        await worker.PostAsync($"/jobs/{job.Id}/retry");
        await FinishAsync(audit, 1);
        await audit.DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    [Fact]
    public async Task GivenASeriesWhoseReconstructionDiesTwice_WhenOthersFollow_ThenItIsDeadAndTheOthersAreDelivered()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = Worker(peer);
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        string[] poison = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "poison"), 1);
        string[] good = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "good"), 2);
        await worker.StartAsync();
        Assert.True(Sender.Send(worker.Port, poison));
        var audit = new Audit(Data);
        for (int death = 1; death <= 2; death++)
        {
            int crashes = death;
            await ChildProcess.KillAsync(Path.Combine(Data, "jobs", "1"));
            await RunningWorker.UntilAsync(async () => (await audit.JobsAsync())[0].Crashes == crashes, $"crash {death} is counted");
        }

        Assert.True(Sender.Send(worker.Port, good));
        await RunningWorker.UntilAsync(async () => (await audit.JobsAsync()).Select(job => job.State).SequenceEqual([JobState.Dead, JobState.Done]), "one is dead, the other done");

        LedgerJob dead = (await audit.JobsAsync())[0];
        Assert.StartsWith("The reconstruction process died", dead.Reason, StringComparison.Ordinal);
        await worker.PostAsync($"/jobs/{dead.Id}/retry");
        await FinishAsync(audit, 2);
        await audit.DeliveredAsync([Material.SeriesNumber(1), Material.SeriesNumber(2)], peer.Holdings);
    }

    [Fact]
    public async Task GivenATermSignalAtWork_WhenTheWorkerEnds_ThenItsEndIsCleanAndTheRestIsDoneAfterwards()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = Worker(peer);
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        string[] first = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "first"), 1);
        string[] second = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "second"), 2);
        await worker.StartAsync();
        Assert.True(Sender.Send(worker.Port, first.Concat(second)));
        var audit = new Audit(Data);
        await RunningWorker.UntilAsync(
            async () => (await audit.JobsAsync()).Any(job => job.State is > JobState.Confirmed and < JobState.Done), "a job is at work");

        Assert.Equal(0, worker.Terminate());
        Assert.All(await audit.JobsAsync(), job => Assert.Null(job.LeaseOwner));

        worker.Launch();
        await FinishAsync(audit, 2);
        Assert.All(await audit.JobsAsync(), job => Assert.Equal((0, 0), (job.Attempts, job.Crashes)));
        await audit.ReceivedAsync([.. first, .. second]);
        await audit.DeliveredAsync([Material.SeriesNumber(1), Material.SeriesNumber(2)], peer.Holdings);
    }

    private RunningWorker Worker(ScriptedPeer peer) => new(
        Data, "--mode", "fill", "--no-archive-check", "--quiet", "1", "--first-retry", "0.5", "--lease", "3", "--method", "linear",
        "--deliver", peer.Name);

    /// <summary>One series after the other, object by object, each sent again until it is acknowledged.</summary>
    private async Task StreamAsync(
        int port, string[] whole, int sender, ConcurrentBag<string> acknowledged, ConcurrentBag<string> series)
    {
        for (int number = 0; !_end.IsCancellationRequested; number++)
        {
            int id = (1000 * (sender + 1)) + number;
            foreach (string file in Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, $"{id}"), id))
            {
                while (!Sender.Send(port, [file]))
                {
                    // The worker is down; it starts faster when nobody calls.
                    await Task.Delay(500);
                }

                acknowledged.Add(file);
            }

            series.Add(Material.SeriesNumber(id));
            await Task.Delay(2000, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until all series are done, without an operator.</summary>
    private static async Task FinishAsync(Audit audit, int seriesCount)
    {
        await RunningWorker.UntilAsync(async () =>
        {
            LedgerJob[] jobs = [.. (await audit.JobsAsync()).Where(job => job.State != JobState.Superseded)];
            Assert.DoesNotContain(jobs, job => job.State == JobState.Dead);
            return jobs.Length == seriesCount && jobs.All(job => job.State == JobState.Done && job.LeaseOwner is null);
        }, "all series are delivered", TimeSpan.FromMinutes(8));
    }

    public void Dispose()
    {
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
