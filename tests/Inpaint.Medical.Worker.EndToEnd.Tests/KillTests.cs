using System.Collections.Concurrent;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>kill -9 at random moments and in every state: nothing acknowledged is lost, nothing is delivered twice.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int RandomKills = 75;
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

            await Task.Delay(random.Next(100, 2500));
            worker.Kill();
        }

        worker.Launch();
        await _end.CancelAsync();
        await Task.WhenAll(senders);
        int revived = await FinishAsync(worker, series.Count);

        var audit = new Audit(Data);
        await audit.ReceivedAsync(acknowledged);
        int delivered = await audit.DeliveredAsync(series, peer.Holdings);
        output.WriteLine(
            $"{RandomKills} kills, {acknowledged.Count} objects acknowledged, {series.Count} series, {delivered} instances delivered; "
            + $"lost 0, held twice 0, answered again with identical content {peer.Successes - delivered}, "
            + $"jobs that an operator had to retry after two deaths while running {revived}");
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
        for (int round = 0; round < MostRounds && found.Values.Min() < KillsInEachState; round++)
        {
            string[] files = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, $"{round}"), 100 + round);
            series.Add($"1.2.826.0.1.3680043.8.498.77.{100 + round}.1");
            await worker.StartAsync();
            Assert.True(Sender.Send(worker.Port, files));
            acknowledged.AddRange(files);
            await RunningWorker.UntilAsync(async () => (await new Audit(Data).JobsAsync()).Count == round + 1, "the job is in the ledger");
            foreach (JobState state in States)
            {
                // Half of the kills come at once after the edge, half when the state's work is as far as it gets without the ledger.
                TimeSpan delay = round % 2 == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(2);
                JobState killedIn = await LedgerGate.KillInAsync(Data, worker, state, delay);
                found[killedIn] = found.GetValueOrDefault(killedIn) + 1;
                kills++;
                worker.Launch();
            }

            Assert.Equal(0, await FinishAsync(worker, series.Count));
            worker.Kill();
            kills++;
        }

        Assert.All(States, state => Assert.True(found[state] >= KillsInEachState, $"{state} was found after {found[state]} kills"));
        var audit = new Audit(Data);
        await audit.ReceivedAsync(acknowledged);
        int delivered = await audit.DeliveredAsync(series, peer.Holdings);
        output.WriteLine(
            $"{kills} kills, of them " + string.Join(", ", found.Select(pair => $"{pair.Key} {pair.Value}"))
            + $"; {acknowledged.Count} objects, {delivered} instances delivered, answered again with identical content {peer.Successes - delivered}");
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
                    await Task.Delay(50);
                }

                acknowledged.Add(file);
            }

            series.Add($"1.2.826.0.1.3680043.8.498.77.{id}.1");
            await Task.Delay(2000, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until all series are done; a job that is dead because its process died twice is retried, as an operator would.</summary>
    /// <returns>Number of such jobs.</returns>
    private async Task<int> FinishAsync(RunningWorker worker, int seriesCount)
    {
        int revived = 0;
        await RunningWorker.UntilAsync(async () => (await worker.GetAsync("/health/live")).Length > 0, "the worker lives");
        await RunningWorker.UntilAsync(async () =>
        {
            LedgerJob[] jobs = [.. (await new Audit(Data).JobsAsync()).Where(job => job.State != JobState.Superseded)];
            foreach (LedgerJob dead in jobs.Where(job => job.State == JobState.Dead))
            {
                Assert.Contains("died", dead.Reason, StringComparison.Ordinal);
                await worker.PostAsync($"/jobs/{dead.Id}/retry");
                revived++;
            }

            return jobs.Length == seriesCount && jobs.All(job => job.State == JobState.Done && job.LeaseOwner is null);
        }, "all series are delivered");
        return revived;
    }

    public void Dispose()
    {
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
