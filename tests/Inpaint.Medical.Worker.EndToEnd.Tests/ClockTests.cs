using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.TestSupport;
using Inpaint.Medical.Worker.Tests;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>The wall clock jumps under a running worker: no series settles early, none waits for the clock to catch up.</summary>
public sealed class ClockTests : IDisposable
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-clock").FullName;

    private string Data => Path.Combine(_folder, "data");

    private string Offset => Path.Combine(_folder, "offset");

    [Theory]
    [InlineData("+1h")]
    [InlineData("-1h")]
    [InlineData("+1d")]
    [InlineData("-1d")]
    public async Task GivenASeriesThatIsArriving_WhenTheClockJumps_ThenItStaysOneJobAndIsDeliveredOnce(string jump)
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = await StartAsync(peer, quiet: 20);
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        Assert.True(Sender.Send(worker.Port, material.Files.Take(5)));

        Jump(jump);
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.True(Sender.Send(worker.Port, material.Files.Skip(5)));
        var audit = new Audit(Data);
        await DoneAsync(audit);

        LedgerJob job = Assert.Single(await audit.JobsAsync());
        Assert.Equal((1, material.Files.Count), (job.Generation, job.InstanceCount));
        Assert.InRange((job.LastArrivalUtc - DateTime.UtcNow).Duration(), TimeSpan.FromMinutes(40), TimeSpan.FromHours(25));
        await audit.ReceivedAsync([.. material.Files]);
        await audit.DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    [Theory]
    [InlineData("-1h", false)]
    [InlineData("-1d", true)]
    public async Task GivenAJobThatWaitsForItsDestination_WhenTheClockJumps_ThenItIsDeliveredOnceWhenThatIsBack(string jump, bool killed)
    {
        using ScriptedPeer peer = new ScriptedPeer { Rejects = true }.Up();
        using RunningWorker worker = await StartAsync(peer, quiet: 1);
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        Assert.True(Sender.Send(worker.Port, material.Files));
        var audit = new Audit(Data);
        await RunningWorker.UntilAsync(async () => (await audit.JobsAsync()).Any(job => job.State == JobState.Waiting), "the job waits");

        Jump(jump);
        if (killed)
        {
            worker.Kill();
            worker.Launch();
        }

        peer.Rejects = false;
        await DoneAsync(audit);

        await audit.DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    [Fact]
    public async Task GivenAWorkerOnPostgresKilledInTheMiddleOfAJob_WhenItStartsWithTheClockSetBack_ThenItFinishesTheJob()
    {
        using var postgres = new PostgresServer();
        var ledger = new LedgerDatabase(postgres.NewDatabase());
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = await StartAsync(peer, quiet: 1, "--ledger", ledger.ConnectionString);
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => await StateAsync(ledger) == JobState.Running, "the job runs");

        worker.Kill();
        Jump("-1d");
        worker.Launch();
        await RunningWorker.UntilAsync(async () => await StateAsync(ledger) == JobState.Done, "the job is done");

        Assert.All(peer.Holdings.Pixels, instance => Assert.Single(instance));
        Assert.Equal(material.Files.Count + 1, peer.Successes);
    }

    private static async Task<JobState?> StateAsync(LedgerDatabase ledger)
    {
        await using LedgerContext context = ledger.Open();
        return (await context.Jobs.AsNoTracking().SingleOrDefaultAsync())?.State;
    }

    private async Task<RunningWorker> StartAsync(ScriptedPeer peer, int quiet, params string[] more)
    {
        Assert.SkipUnless(File.Exists(Library), "faketime is not installed.");
        Jump("+0");
        var worker = new RunningWorker(
            Data, ["--mode", "fill", "--no-archive-check", "--quiet", $"{quiet}", "--first-retry", "2", "--method", "linear", "--deliver", peer.Name, .. more]);
        worker.Environment["LD_PRELOAD"] = Library;
        worker.Environment["FAKETIME_TIMESTAMP_FILE"] = Offset;
        worker.Environment["FAKETIME_CACHE_DURATION"] = "1";
        worker.Environment["DONT_FAKE_MONOTONIC"] = "1";
        worker.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        await worker.StartAsync();
        return worker;
    }

    private void Jump(string offset)
    {
        File.WriteAllText(Offset + ".new", offset + "\n");
        File.Move(Offset + ".new", Offset, overwrite: true);
    }

    private static Task DoneAsync(Audit audit) => RunningWorker.UntilAsync(
        async () => await audit.JobsAsync() is { Count: > 0 } jobs && jobs.All(job => job.State == JobState.Done), "the job is done");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
