using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Destinations that are down, slow, refuse, run out of room or break off, and then recover: delivered once, and nobody else waits.</summary>
public sealed class PeerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-peers").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public Task GivenADestinationThatIsDown_WhenItComesUp_ThenTheSeriesIsThereOnce() => RecoverAsync(
        _ => { }, peer => peer.Up(), startUp: false);

    [Fact]
    public Task GivenADestinationThatRejectsAssociations_WhenItStops_ThenTheSeriesIsThereOnce() => RecoverAsync(
        peer => peer.Rejects = true, peer => peer.Rejects = false);

    [Fact]
    public Task GivenADestinationWithoutRoom_WhenItHasRoomAgain_ThenTheSeriesIsThereOnce() => RecoverAsync(
        peer => peer.Answer = n => Task.FromResult((ushort)(n % 3 == 2 ? 0xA700 : 0)), peer => peer.Answer = _ => Task.FromResult((ushort)0));

    [Fact]
    public async Task GivenASlowDestination_WhenASeriesIsSent_ThenItIsThereOnceAndWasOfferedOnce()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        peer.Answer = async _ =>
        {
            await Task.Delay(500);
            return 0;
        };
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync(peer.Name);

        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");

        Assert.Equal(material.SlicesWhenFilled, peer.Requests);
        await new Audit(Data).DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public async Task GivenAConnectionCutInTheMiddle_WhenItHolds_ThenTheSeriesIsThereOnce(int bytes)
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using var proxy = new CuttingProxy(peer.Port, cuts: 2, afterBytes: bytes);
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync($"PACS@127.0.0.1:{proxy.Port}");

        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");

        Assert.Equal(0, proxy.CutsLeft);
        await new Audit(Data).DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    [Fact]
    public async Task GivenADestinationThatRefusesForGood_WhenAnOperatorRetries_ThenOnlyWhatWasRefusedIsSentAgain()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        peer.Answer = n => Task.FromResult((ushort)(n >= 9 ? 0xA900 : 0));
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync(peer.Name);

        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "dead", "the job is dead");
        LedgerJob job = Assert.Single(await new Audit(Data).JobsAsync());
        Assert.Contains("A900", job.Reason, StringComparison.Ordinal);
        Assert.NotNull(job.Hint);

        peer.Answer = _ => Task.FromResult((ushort)0);
        await worker.PostAsync($"/jobs/{job.Id}/retry");
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");

        Assert.Equal(material.SlicesWhenFilled, peer.Successes);
        await new Audit(Data).DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    [Fact]
    public async Task GivenOneDeadDestination_WhenTwoSeriesAreSent_ThenTheOtherDestinationGetsBoth()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        string dead = $"GONE@127.0.0.1:{RunningWorker.FreePort()}";
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        string[] first = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "a"), 1);
        string[] second = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "b"), 2);
        using RunningWorker worker = await StartAsync(dead, peer.Name);

        Assert.True(Sender.Send(worker.Port, first.Concat(second)));
        await RunningWorker.UntilAsync(() => Task.FromResult(peer.Successes == 2 * whole.Length), "the living destination holds both");

        Assert.All(await new Audit(Data).JobsAsync(), job => Assert.NotEqual(JobState.Done, job.State));
    }

    private async Task RecoverAsync(Action<ScriptedPeer> trouble, Action<ScriptedPeer> recover, bool startUp = true)
    {
        using var peer = new ScriptedPeer();
        trouble(peer);
        if (startUp)
        {
            peer.Up();
        }

        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync(peer.Name);
        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => (await new Audit(Data).JobsAsync()).Any(job => job.Attempts >= 2), "it was tried twice");

        recover(peer);
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");

        Assert.Equal(material.SlicesWhenFilled, peer.Successes);
        await new Audit(Data).DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    private async Task<RunningWorker> StartAsync(params string[] destinations)
    {
        var worker = new RunningWorker(
            Data, ["--mode", "fill", "--no-archive-check", "--quiet", "1", "--first-retry", "0.5", "--method", "linear",
                .. destinations.SelectMany(name => new[] { "--deliver", name })]);
        await worker.StartAsync();
        return worker;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
