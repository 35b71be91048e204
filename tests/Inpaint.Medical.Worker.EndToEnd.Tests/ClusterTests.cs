using System.Diagnostics;
using System.Globalization;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.TestSupport;
using Inpaint.Medical.Worker.Tests;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Several workers on one PostgreSQL and one folder.</summary>
public sealed class ClusterTests(ITestOutputHelper output) : IDisposable
{
    private const int Series = 8;
    private const int Slices = 12;
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-cluster").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task GivenSeveralWorkers_WhenSeriesAreSentToOne_ThenEachIsDeliveredOnce(int workers)
    {
        using var postgres = new PostgresServer();
        using ScriptedPeer peer = new ScriptedPeer().Up();
        var ledger = new LedgerDatabase(postgres.NewDatabase());
        RunningWorker[] running = await StartAsync(ledger, peer, workers);
        try
        {
            Assert.True(Sender.Send(running[0].Port, Phantoms(Series)));
            long started = Stopwatch.GetTimestamp();
            await UntilDoneAsync(ledger, Series);
            double minutes = Stopwatch.GetElapsedTime(started).TotalMinutes;

            await OnceAsync(ledger, peer, Series);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{workers} workers, {Environment.ProcessorCount} cores: {Series} series of {Slices - 1} slices in {minutes * 60:0.0} s, {Series / minutes:0.0} jobs a minute"));
        }
        finally
        {
            Array.ForEach(running, worker => worker.Dispose());
        }
    }

    [Fact]
    public async Task GivenAWorkerKilledInTheMiddleOfAJob_WhenAnotherRuns_ThenItFinishesTheJob()
    {
        using var postgres = new PostgresServer();
        using ScriptedPeer peer = new ScriptedPeer().Up();
        var ledger = new LedgerDatabase(postgres.NewDatabase());
        RunningWorker[] running = await StartAsync(ledger, peer, 2);
        try
        {
            Assert.True(Sender.Send(running[0].Port, Phantoms(1)));
            string owner = "";
            await RunningWorker.UntilAsync(async () => (owner = await RunnerAsync(ledger) ?? "") != "", "the job runs");
            using (Process killed = Process.GetProcessById(int.Parse(owner.Split('-')[^2], CultureInfo.InvariantCulture)))
            {
                killed.Kill();
            }

            await UntilDoneAsync(ledger, 1);
            await OnceAsync(ledger, peer, 1);
            await using LedgerContext context = ledger.Open();
            Assert.Contains(await context.Events.AsNoTracking().ToListAsync(), row => row.Kind == "taken-over");
        }
        finally
        {
            Array.ForEach(running, worker => worker.Dispose());
        }
    }

    /// <summary>Who reconstructs now; null when nobody does.</summary>
    private static async Task<string?> RunnerAsync(LedgerDatabase ledger)
    {
        await using LedgerContext context = ledger.Open();
        return await context.Jobs.AsNoTracking().Where(job => job.State == JobState.Running).Select(job => job.LeaseOwner).FirstOrDefaultAsync();
    }

    private static Task UntilDoneAsync(LedgerDatabase ledger, int series) => RunningWorker.UntilAsync(
        async () =>
        {
            await using LedgerContext context = ledger.Open();
            return await context.Jobs.CountAsync(job => job.State == JobState.Done) == series;
        },
        "all jobs are done");

    /// <summary>One job for each series, and each slice at the destination exactly once.</summary>
    private static async Task OnceAsync(LedgerDatabase ledger, ScriptedPeer peer, int series)
    {
        await using LedgerContext context = ledger.Open();
        Assert.Equal(series, await context.Jobs.CountAsync());
        Assert.Equal(series * Slices, peer.Successes);
        Assert.All(peer.Holdings.Pixels, instance => Assert.Single(instance));
    }

    private string[] Phantoms(int count)
    {
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"), Slices);
        return [.. Enumerable.Range(1, count).SelectMany(
            number => Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, $"{number}"), number))];
    }

    private async Task<RunningWorker[]> StartAsync(LedgerDatabase ledger, ScriptedPeer peer, int workers)
    {
        RunningWorker[] running = [.. Enumerable.Range(0, workers).Select(_ => new RunningWorker(
            Data, "--ledger", ledger.ConnectionString, "--mode", "fill", "--no-archive-check", "--quiet", "1", "--first-retry", "0.5", "--lease", "5",
            "--method", "linear", "--deliver", peer.Name))];
        await Task.WhenAll(running.Select(worker => worker.StartAsync()));
        return running;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
