using Inpaint.Medical.Dicom.Tests.Writing;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Real series through the whole path: storescu, worker, Orthanc, and back through Orthanc's REST API.</summary>
public sealed class OrthancTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-orthanc").FullName;

    private string Data => Path.Combine(_folder, "data");

    public static TheoryData<string, int> RealSeries => new()
    {
        { "mr-memprage-siemens-genuine-missing-slice", 21 },
        { "ct-gap-4-slices-ge-lightspeed", 5 },
        { "ct-chest-small-one-slice-removed", 79 },
    };

    [Theory]
    [MemberData(nameof(RealSeries))]
    public Task GivenARealSeriesWithAGap_WhenSent_ThenOrthancHoldsTheFilledSeriesAsTheWorkerWroteIt(string name, int slices) =>
        DeliverAsync(() => Material.Real(name, slices), orthanc => orthanc.Dimse, checkedFiles: 2);

    [Fact]
    public Task GivenTheDemoSeries_WhenSent_ThenOrthancHoldsTheFilledSeriesAsTheWorkerWroteIt() =>
        DeliverAsync(() => Material.Demo(Path.Combine(_folder, "demo")), orthanc => orthanc.Dimse, checkedFiles: 2);

    [Fact]
    public Task GivenADicomWebDestination_WhenARealSeriesIsSent_ThenOrthancHoldsItByStow()
    {
        Assert.SkipUnless(Orthanc.HasWeb, "orthanc-dicomweb is not installed.");
        return DeliverAsync(() => Material.Real("ct-gap-4-slices-ge-lightspeed", 5), orthanc => orthanc.Web, checkedFiles: 0);
    }

    private async Task DeliverAsync(Func<Material> make, Func<Orthanc, string> destination, int checkedFiles)
    {
        Material material = make();
        int port = RunningWorker.FreePort();
        using var orthanc = new Orthanc(Path.Combine(_folder, "orthanc"), port);
        await orthanc.ReadyAsync();
        using var worker = new RunningWorker(
            Data, "--port", $"{port}", "--mode", "fill", "--no-archive-check", "--quiet", "2", "--first-retry", "1", "--method", "linear",
            "--deliver", destination(orthanc));
        await worker.StartAsync();

        Assert.True(Sender.Send(port, material.Files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() is "done" or "dead" or "skipped", "the job ends");

        var audit = new Audit(Data);
        await audit.ReceivedAsync([.. material.Files]);
        LedgerJob job = Assert.Single(await audit.JobsAsync());
        IReadOnlyDictionary<string, string> there = await orthanc.InstancesAsync(job.DerivedSeriesInstanceUid ?? "none");
        string[] downloads = await Task.WhenAll(there.Values.Select(id => orthanc.DownloadAsync(id, Path.Combine(_folder, "back"))));
        Assert.Equal(material.SlicesWhenFilled, downloads.Length);
        Assert.Equal(material.SlicesWhenFilled, await audit.DeliveredAsync([material.SeriesUid], Held(downloads)));

        // Storage commitment, or the destination's own count, was really asked for and answered.
        Assert.All(await audit.DeliveriesAsync(job.Id), row => Assert.Equal(DeliveryState.Committed, row.State));
        Assert.All(downloads.Take(checkedFiles), file => Assert.DoesNotContain(
            Verdict.New(file, material.Files.Take(2)), line => line.StartsWith("Error", StringComparison.Ordinal)));
    }

    internal static Holdings Held(IEnumerable<string> files) => new(files.ToLookup(Material.Uid, Audit.PixelDigest));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
