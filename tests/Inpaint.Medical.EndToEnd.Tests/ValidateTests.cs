using System.Diagnostics;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

public sealed class ValidateTests : IDisposable
{
    private static readonly string[] Classical = ["--method", "nearest,linear,cubic,spline,registration"];

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void SeriesAreScoredAndReported()
    {
        string series = _work.Phantom("series");
        ProgramRun run = InpaintProgram.Run(
            ["validate", series, "--drop", "every:2", "region:block@8", "-o", _work.At("out"), "--json", .. Classical]).MustSucceed();
        Assert.Equal("inpaint.medical/validation-summary/1", run.Json.GetProperty("schema").GetString());
        Assert.Equal(1, run.Json.GetProperty("volumes").GetArrayLength());
        Assert.Equal(10, run.Json.GetProperty("cases").GetArrayLength());
        Assert.True(File.Exists(_work.At("out", "slices.csv")));
        Assert.Contains("</html>", File.ReadAllText(_work.At("out", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void KilledRunAndShardsGiveTheBytesOfOneRun()
    {
        string[] inputs = [Series("a", 18), Series("b", 20), Series("c", 22)];
        string[] common = [.. inputs, "--drop", "every:2", "run:3", "random:0.3", .. Classical];
        InpaintProgram.Run(["validate", .. common, "-o", _work.At("whole")]).MustSucceed();
        byte[] whole = File.ReadAllBytes(_work.At("whole", "summary.json"));

        KillAfterTheFirstCase(["validate", .. common, "-o", _work.At("killed")]);
        InpaintProgram.Run(["validate", .. common, "-o", _work.At("killed"), "--resume"]).MustSucceed();
        Assert.Equal(whole, File.ReadAllBytes(_work.At("killed", "summary.json")));

        InpaintProgram.Run(["validate", .. common, "-o", _work.At("part1"), "--shard", "1/2"]).MustSucceed();
        InpaintProgram.Run(["validate", .. common, "-o", _work.At("part2"), "--shard", "2/2"]).MustSucceed();
        InpaintProgram.Run("validate", "merge", _work.At("part2"), _work.At("part1"), "-o", _work.At("merged")).MustSucceed();
        Assert.All(new[] { "summary.json", "slices.csv", "report.html" }, name => Assert.Equal(
            File.ReadAllBytes(_work.At("whole", name)), File.ReadAllBytes(_work.At("merged", name))));
    }

    [Fact]
    public void GateThatIsNotMetExitsWith4AndNamesTheLines()
    {
        File.WriteAllText(_work.At("gate.yaml"), "method: linear\naccept:\n  - all.psnr.mean > 1\n  - gap1.psnr.gain_over_nearest >= 90\n");
        ProgramRun run = InpaintProgram.Run(
            ["validate", _work.Phantom("series"), "--drop", "every:2", "-o", _work.At("out"), "--accept", _work.At("gate.yaml"), .. Classical]);
        Assert.Equal(4, run.ExitCode);
        string line = Assert.Single(run.Error.Split('\n'), line => line.StartsWith("FAILED", StringComparison.Ordinal));
        Assert.StartsWith("FAILED gap1.psnr.gain_over_nearest >= 90 (found ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongRequestsAreRefusedInOneLine()
    {
        string series = _work.Phantom("series");
        ProgramRun Run(params string[] more) => InpaintProgram.Run(["validate", series, "-o", _work.At("out"), .. more]);
        Run("--drop", "index:0-19").MustBeRejected(3, "NothingVisible");
        Run("--drop", "every:0").MustBeRejected(2, "UsageInvalid");
        Run("--drop", "run:1", "--shard", "3/2").MustBeRejected(2, "UsageInvalid");
        Run("--drop", "run:1", "--method", "magic").MustBeRejected(2, "MethodUnknown");
        Run("--drop", "run:1", "--accept", _work.At("none.yaml")).MustBeRejected(3, "PathNotFound");
        InpaintProgram.Run("validate", "merge", _work.At("none"), "-o", _work.At("merged")).MustBeRejected(3, "PathNotFound");
    }

    private string Series(string name, int slices)
    {
        InpaintProgram.Run("sample", "phantom", "-o", _work.At(name), "--count", $"{slices}", "--size", "32").MustSucceed();
        return _work.At(name);
    }

    // Kills with SIGKILL as soon as a finished case is on the disk.
    private void KillAfterTheFirstCase(string[] arguments)
    {
        using Process process = InpaintProgram.Start(new Dictionary<string, string>(), arguments);
        string results = _work.At("killed", "results.jsonl");
        while (!process.HasExited && !(File.Exists(results) && new FileInfo(results).Length > 5000))
        {
            Thread.Sleep(5);
        }

        process.Kill();
        process.WaitForExit();
        Assert.True(File.Exists(results));
    }
}
