using System.Diagnostics;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Worker.Tests;

/// <summary>Slow: the real worker, DCMTK's sender and receiver, a real series with one slice missing.</summary>
public sealed class WorkerEndToEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("worker").FullName;

    [Fact]
    public async Task GivenASeriesWithAMissingSlice_WhenSent_ThenTheCompletedSeriesIsDelivered()
    {
        string[] series = Series();
        int port = RunningWorker.FreePort();
        string received = Directory.CreateDirectory(Path.Combine(_folder, "received")).FullName;
        using Process scp = Start("storescp", "-od", received, "-aet", "PACS", $"{port}");
        using var worker = new RunningWorker(
            Path.Combine(_folder, "data"), "--mode", "fill", "--no-archive-check", "--quiet", "2", "--deliver", $"PACS@127.0.0.1:{port}", "--method", "linear");
        await worker.StartAsync();

        Assert.Equal(0, Send(worker.Port, series));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");
        scp.Kill();

        Assert.Equal(series.Length + 1, Directory.GetFiles(received).Length);
    }

    [Fact]
    public async Task GivenReportMode_WhenASeriesIsSent_ThenItIsReportedAndNothingIsDelivered()
    {
        string[] series = Series();
        using var worker = new RunningWorker(Path.Combine(_folder, "data"), "--quiet", "2");
        await worker.StartAsync();

        Assert.Equal(0, Send(worker.Port, series));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "skipped", "the job is reported");

        Assert.Contains("missing", await worker.GetAsync("/jobs"), StringComparison.Ordinal);
        Assert.Matches("\"device\":\"(cpu|cuda:0)\"", await worker.GetAsync("/health/ready"));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "data", "jobs"), "*.dcm", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task GivenKillsWhileASeriesStreamsIn_WhenStartedAgain_ThenEveryAcknowledgedObjectIsHeldOnce()
    {
        string[] series = Series();
        string data = Path.Combine(_folder, "data");
        using var worker = new RunningWorker(data, "--quiet", "600");
        var acknowledged = new HashSet<string>();
        var random = new Random(1);
        for (int round = 0; round < 4; round++)
        {
            await worker.StartAsync();
            Task<List<string>> sending = Task.Run(() => SendOneByOne(worker.Port, series));
            await Task.Delay(random.Next(300, 2500), TestContext.Current.CancellationToken);
            worker.Kill();
            acknowledged.UnionWith(await sending);
        }

        await worker.StartAsync();
        Assert.NotEmpty(acknowledged);
        HashSet<string> held = Held(data);
        Assert.All(acknowledged, file => Assert.Contains(PixelDigest(file), held));
        Assert.Equal(0, Send(worker.Port, series));
        await RunningWorker.UntilAsync(() => Task.FromResult(Held(data).Count == series.Length), "all objects are held");
    }

    [Fact]
    public async Task GivenTwoWorkersStartedOnOneNewFolder_ThenOneServesAndTheOtherIsRefusedInALine()
    {
        string data = Path.Combine(_folder, "data");
        using var first = new RunningWorker(data);
        using var second = new RunningWorker(data);
        first.Launch();
        second.Launch();

        Task<int>[] ends = [Task.Run(first.ExitCode), Task.Run(second.ExitCode)];
        Task<int> end = await Task.WhenAny(ends);
        Assert.Equal(2, await end);
        (RunningWorker refused, RunningWorker other) = end == ends[0] ? (first, second) : (second, first);
        Assert.Contains("another worker uses this folder", refused.Output, StringComparison.Ordinal);
        await RunningWorker.UntilAsync(async () => (await other.GetAsync("/health/live")).Length > 0, "the other lives");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Series()
    {
        Assert.SkipUnless(RealData.IsAvailable, RealData.SkipReason);
        Assert.SkipUnless(File.Exists("/usr/bin/storescu"), "dcmtk is not installed");
        return [.. RealData.FilesUnder("dicom", "ct-chest-small-one-slice-removed")];
    }

    private static int Send(int port, string[] files)
    {
        using Process sender = Start("storescu", ["-aec", "INPAINT", "127.0.0.1", $"{port}", .. files]);
        sender.WaitForExit();
        return sender.ExitCode;
    }

    /// <summary>Files whose C-STORE was answered with success, until the connection breaks.</summary>
    private static List<string> SendOneByOne(int port, string[] files)
    {
        var acknowledged = new List<string>();
        foreach (string file in files)
        {
            if (Send(port, [file]) != 0)
            {
                break;
            }

            acknowledged.Add(file);
        }

        return acknowledged;
    }

    private static HashSet<string> Held(string data) =>
        [.. Directory.GetFiles(Path.Combine(data, "objects"), "*.dcm", SearchOption.AllDirectories).Select(PixelDigest)];

    /// <summary>Digest of the last 8192 bytes: the 64 × 64 pixels of 16 bit that end each of these files.</summary>
    private static string PixelDigest(string file) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file).AsSpan()[^8192..]));

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TCP_NODELAY"] = "1";
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
