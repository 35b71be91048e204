using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

public sealed class TrainingTests : IDisposable
{
    private const int Steps = 60;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void AKilledTrainingGoesOnBitForBit()
    {
        string data = _work.Phantom("data");
        Configure(Steps);
        string[] Train(string output, params string[] more) => ["train", "--data", data, "--config", _work.At("config.json"), "-o", _work.At(output), "--device", "cpu", .. more];
        InpaintProgram.Run(Train("whole")).MustSucceed();

        using (Process process = InpaintProgram.Start(new Dictionary<string, string>(), Train("broken")))
        {
            Kill(process, _work.At("broken", "checkpoint.safetensors"));
        }

        InpaintProgram.Run(Train("broken", "--resume")).MustSucceed();

        string[] whole = Losses("whole");
        Assert.Equal(Steps + 1, whole.Length);
        Assert.Equal(whole, Losses("broken"));
        Assert.Equal(File.ReadAllBytes(_work.At("whole", "checkpoint.safetensors")), File.ReadAllBytes(_work.At("broken", "checkpoint.safetensors")));
    }

    [Fact]
    public void VoxelsThatAreNotFiniteCountAsNothingAndAreReported()
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => (x, z) switch { (5, 4) => float.NaN, (6, 9) => float.PositiveInfinity, _ => (30 * x) + (20 * y) + (10 * z) });

        ProgramRun run = TrainOn("in.nii", "cpu", _work.At("out")).MustSucceed();

        Assert.Contains("48 voxels that are not finite count as 0", run.Error, StringComparison.Ordinal);
        Assert.All(Losses("out").Skip(1), line => Assert.True(double.IsFinite(double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)), line));
    }

    [Fact]
    public void AVolumeOfOneValueTeachesNothing()
    {
        FloatNifti.Write(_work.At("in.nii"), (_, _, _) => 7);

        ProgramRun run = TrainOn("in.nii", "cpu", _work.At("out"));

        run.MustBeRejected(3, "NoInstances");
        Assert.Contains("nothing to learn", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda", 3, "DeviceUnavailable")]
    [InlineData("tpu", 2, "UsageInvalid")]
    public void ADeviceThatIsNotThereIsNamed(string device, int exitCode, string error)
    {
        Assert.SkipWhen(Directory.Exists("/proc/driver/nvidia"), "There may be a CUDA device.");
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => x + y + z);

        TrainOn("in.nii", device, _work.At("out")).MustBeRejected(exitCode, error);
    }

    [Fact]
    public void AFullDiskIsNamedAndKeepsNoHalfCheckpoint()
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => x + y + z);
        using SmallDisk disk = SmallDisk.Mount(_work.At("disk"), 2048);

        TrainOn("in.nii", "cpu", _work.At("disk", "out")).MustBeRejected(3, "OutputNotWritable");

        Assert.DoesNotContain(Directory.GetFiles(_work.At("disk", "out")), file => Path.GetFileName(file).StartsWith("checkpoint", StringComparison.Ordinal));
    }

    private ProgramRun TrainOn(string file, string device, string output)
    {
        Configure(steps: 6);
        return InpaintProgram.Run("train", "--data", _work.At(file), "--config", _work.At("config.json"), "-o", output, "--device", device);
    }

    private void Configure(int steps) => File.WriteAllText(_work.At("config.json"), FormattableString.Invariant($$"""
        { "steps": {{steps}}, "tokensFromStep": {{steps / 3}}, "saveEverySteps": 7, "validateEverySteps": 1000, "seed": 5,
          "crops": [ { "rows": 16, "columns": 16, "batch": 1, "share": 1 } ] }
        """));

    // SIGKILL at a random moment after the first checkpoint.
    private static void Kill(Process process, string checkpoint)
    {
        while (!File.Exists(checkpoint) && !process.HasExited)
        {
            Thread.Sleep(1);
        }

        Thread.Sleep(Random.Shared.Next(200));
        process.Kill();
        ProgramRun run = InpaintProgram.Finish(process);
        Assert.True(run.ExitCode == 137, $"The training ended by itself with {run.ExitCode}: {run.Error}");
    }

    /// <summary>The loss curve without its last column, the milliseconds.</summary>
    private string[] Losses(string folder) => [.. File.ReadLines(_work.At(folder, "loss.csv")).Select(line => line[..line.LastIndexOf(',')])];
}
