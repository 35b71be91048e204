using System.Diagnostics;
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
        File.WriteAllText(_work.At("config.json"), FormattableString.Invariant($$"""
            { "steps": {{Steps}}, "tokensFromStep": 20, "saveEverySteps": 7, "validateEverySteps": 1000, "seed": 5,
              "crops": [ { "rows": 16, "columns": 16, "batch": 1, "share": 1 } ] }
            """));
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
