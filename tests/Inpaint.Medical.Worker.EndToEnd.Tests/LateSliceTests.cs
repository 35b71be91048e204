using FellowOakDicom;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Series that arrive mixed, and slices that arrive when their series is done.</summary>
public sealed class LateSliceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-late").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GivenTwoSeriesInterleaved_WhenSent_ThenEachIsDeliveredOnce(int associations)
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = await StartAsync(peer);
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        string[] first = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "a"), 1);
        string[] second = Material.Renumber(whole.Where((_, index) => index != 7), Path.Combine(_folder, "b"), 2);
        string[] mixed = [.. first.Zip(second, (a, b) => new[] { a, b }).SelectMany(pair => pair)];

        bool[] sent = await Task.WhenAll(Enumerable.Range(0, associations).Select(
            part => Task.Run(() => Sender.Send(worker.Port, mixed.Where((_, index) => index / 2 % associations == part)))));
        Assert.All(sent, Assert.True);
        await DoneAsync(jobs: 2);

        var audit = new Audit(Data);
        await audit.ReceivedAsync(mixed);
        Assert.Equal(2 * whole.Length, await audit.DeliveredAsync([Material.SeriesNumber(1), Material.SeriesNumber(2)], peer.Holdings));
    }

    [Fact]
    public async Task GivenASeriesThatIsDone_WhenAMissingSliceComes_ThenANewGenerationHoldsTheRealSliceUnderNewIdentifiers()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = await StartAsync(peer);
        string[] whole = Material.Renumber(Material.WholePhantom(Path.Combine(_folder, "in")), Path.Combine(_folder, "a"), 1);
        Assert.True(Sender.Send(worker.Port, whole.Where((_, index) => index is not (3 or 8))));
        await DoneAsync(jobs: 1);

        Assert.True(Sender.Send(worker.Port, [whole[3]]));
        await DoneAsync(jobs: 2);

        IReadOnlyList<LedgerJob> jobs = await new Audit(Data).JobsAsync();
        Assert.Equal([JobState.Superseded, JobState.Done], jobs.Select(job => job.State));
        Assert.Equal([1, 2], jobs.Select(job => job.Generation));
        Assert.NotEqual(jobs[0].DerivedSeriesInstanceUid, jobs[1].DerivedSeriesInstanceUid);

        string real = Audit.PixelDigest(whole[3]);
        Assert.DoesNotContain(real, await PixelsAsync(jobs[0]));
        Assert.Contains(real, await PixelsAsync(jobs[1]));
        Assert.All((await new Audit(Data).DeliveriesAsync(jobs[0].Id)).Concat(await new Audit(Data).DeliveriesAsync(jobs[1].Id)),
            row => Assert.Single(peer.Holdings.Pixels[row.SopInstanceUid]));
        Assert.Equal(2 * whole.Length, peer.Successes);
    }

    [Fact]
    public async Task GivenOurOutputSentBack_WhenReceived_ThenNoJobComesOfIt()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = await StartAsync(peer);
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        Assert.True(Sender.Send(worker.Port, material.Files));
        await DoneAsync(jobs: 1);

        LedgerJob job = Assert.Single(await new Audit(Data).JobsAsync());
        Assert.True(Sender.Send(worker.Port, Directory.GetFiles(Path.Combine(Data, job.OutputFolder!), "*.dcm", SearchOption.AllDirectories)));

        Assert.Single(await new Audit(Data).JobsAsync());
        await new Audit(Data).ReceivedAsync([.. material.Files]);
    }

    [Fact]
    public async Task GivenASeriesThatIsDone_WhenAllIsSent_ThenNoOriginalWasAmongIt()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using RunningWorker worker = await StartAsync(peer);
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        Assert.True(Sender.Send(worker.Port, material.Files));
        await DoneAsync(jobs: 1);

        Assert.Equal(material.SlicesWhenFilled, peer.Holdings.Pixels.Count);
        Assert.All(material.Files, file => Assert.Empty(peer.Holdings.Pixels[DicomFile.Open(file).Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID)]));
    }

    private async Task<IEnumerable<string>> PixelsAsync(LedgerJob job) =>
        (await new Audit(Data).DeliveriesAsync(job.Id)).Select(row => Path.Combine(Data, row.RelativePath)).Where(File.Exists).Select(Audit.PixelDigest);

    private Task DoneAsync(int jobs) => RunningWorker.UntilAsync(
        async () => await new Audit(Data).JobsAsync() is var all && all.Count == jobs && all.All(job => job.State is JobState.Done or JobState.Superseded),
        $"{jobs} jobs are done");

    private async Task<RunningWorker> StartAsync(ScriptedPeer peer)
    {
        var worker = new RunningWorker(
            Data, "--mode", "fill", "--no-archive-check", "--quiet", "2", "--method", "linear", "--deliver", peer.Name);
        await worker.StartAsync();
        return worker;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
