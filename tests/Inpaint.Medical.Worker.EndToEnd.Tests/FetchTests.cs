using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>What the archive has is fetched and never synthesised.</summary>
public sealed class FetchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-fetch").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public Task GivenAnArchiveThatMoves_WhenSlicesAreMissingHere_ThenTheyAreMovedHere() => FetchAsync("INPAINT", orthanc => orthanc.Dimse);

    [Fact]
    public Task GivenAnArchiveThatDoesNotKnowUs_WhenSlicesAreMissingHere_ThenTheyComeByGet() => FetchAsync("ELSEWHERE", orthanc => orthanc.Dimse);

    [Fact]
    public Task GivenADicomWebArchive_WhenSlicesAreMissingHere_ThenTheyComeByWado()
    {
        Assert.SkipUnless(Orthanc.HasWeb, "orthanc-dicomweb is not installed.");
        return FetchAsync("ELSEWHERE", orthanc => orthanc.Web);
    }

    [Fact]
    public async Task GivenAnArchiveThatLacksTheSliceToo_WhenSent_ThenItIsSynthesisedAndTheRecordSaysThatTheArchiveWasAsked()
    {
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        int port = RunningWorker.FreePort();
        using var orthanc = new Orthanc(Path.Combine(_folder, "orthanc"), port);
        await orthanc.ReadyAsync();
        await orthanc.StoreAsync(material.Files);
        using RunningWorker worker = await StartAsync(port, orthanc.Dimse, orthanc.Dimse);

        Assert.True(Sender.Send(port, material.Files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() is "done" or "dead" or "skipped", "the job ends");

        LedgerJob job = Assert.Single(await new Audit(Data).JobsAsync());
        Assert.Equal(JobState.Done, job.State);
        Assert.Equal($"the archive holds {material.Files.Count} instances, all of them received", job.ArchiveAnswer);
        Assert.Equal(material.SlicesWhenFilled, (await orthanc.InstancesAsync(job.DerivedSeriesInstanceUid!)).Count);
    }

    [Fact]
    public async Task GivenAnArchiveThatIsDown_WhenASliceIsMissing_ThenNothingIsSynthesisedUntilItAnswers()
    {
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using ScriptedPeer destination = new ScriptedPeer().Up();
        int port = RunningWorker.FreePort();
        using RunningWorker worker = await StartAsync(port, $"ORTHANC@127.0.0.1:{RunningWorker.FreePort()}", destination.Name);

        Assert.True(Sender.Send(port, material.Files));
        await RunningWorker.UntilAsync(async () => (await new Audit(Data).JobsAsync()).Any(job => job.Attempts >= 2), "the archive was asked twice");

        LedgerJob job = Assert.Single(await new Audit(Data).JobsAsync());
        Assert.Equal(JobState.Settled, job.State == JobState.Waiting ? job.ResumeState : job.State);
        Assert.Equal(0, destination.Requests);
    }

    private async Task FetchAsync(string moveAe, Func<Orthanc, string> archive)
    {
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        int port = RunningWorker.FreePort();
        using var orthanc = new Orthanc(Path.Combine(_folder, "orthanc"), port, moveAe);
        await orthanc.ReadyAsync();
        await orthanc.StoreAsync(whole);
        using RunningWorker worker = await StartAsync(port, archive(orthanc), orthanc.Dimse);

        Assert.True(Sender.Send(port, whole.Where((_, index) => index is not (4 or 5 or 9))));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() is "done" or "dead" or "skipped", "the job ends");

        var audit = new Audit(Data);
        LedgerJob job = Assert.Single(await audit.JobsAsync());
        Assert.Equal(JobState.Skipped, job.State);
        Assert.Null(job.DerivedSeriesInstanceUid);
        await audit.ReceivedAsync(whole);
        Assert.Equal($"the archive holds {whole.Length} instances, all of them received", job.ArchiveAnswer);
        Assert.Contains(await audit.EventsAsync(), row => row.Kind == "fetch" && row.Detail.Contains("3 instances", StringComparison.Ordinal));
    }

    private async Task<RunningWorker> StartAsync(int port, string archive, string destination)
    {
        var worker = new RunningWorker(
            Data, "--port", $"{port}", "--mode", "fill", "--archive", archive, "--quiet", "1", "--first-retry", "1", "--method", "linear",
            "--deliver", destination);
        await worker.StartAsync();
        return worker;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
