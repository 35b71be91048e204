using Inpaint.Medical.Torch.Training;
using Xunit;

namespace Inpaint.Medical.Torch.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("inpaint-train-").FullName;

    private static readonly TrainingConfig Config = new()
    {
        Steps = 7, TokensFromStep = 4, DecayFromStep = 5, WarmUpSteps = 2, SaveEverySteps = 2, ValidateEverySteps = 3, Seed = 11,
        Crops = [new CropShape(16, 16, 2, .5), new CropShape(16, 24, 1, .5)],
    };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>The run dies between two checkpoints, as by kill -9: what comes after the last checkpoint is lost and done again.</summary>
    [Fact]
    public void ARunThatDiedGoesOnBitForBit()
    {
        TrainingVolume[] volumes = [Small.Volume("a"), Small.Volume("b", seed: 2)];
        string whole = Path.Combine(_root, "whole"), broken = Path.Combine(_root, "broken");
        new Trainer(Config, whole, volumes, [volumes[0]]).Run(resume: false, null, CancellationToken.None);
        Assert.Throws<TimeoutException>(() => new Trainer(Config, broken, volumes, [volumes[0]], new Dying(5)).Run(resume: false, null, CancellationToken.None));
        new Trainer(Config, broken, volumes, [volumes[0]]).Run(resume: true, null, CancellationToken.None);

        Assert.Equal(Losses(whole), Losses(broken));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "checkpoint.safetensors")), File.ReadAllBytes(Path.Combine(broken, "checkpoint.safetensors")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "best.safetensors")), File.ReadAllBytes(Path.Combine(broken, "best.safetensors")));
        Assert.Equal(File.ReadAllText(Path.Combine(whole, "validation.csv")), File.ReadAllText(Path.Combine(broken, "validation.csv")));
    }

    [Fact]
    public void ACancelledRunSavesWhereItStands()
    {
        using var stop = new CancellationTokenSource();
        new Trainer(Config, _root, [Small.Volume()], [], new Stopping(3, stop)).Run(resume: false, null, stop.Token);
        (_, Dictionary<string, string> metadata) = Safetensors.Read(Path.Combine(_root, "checkpoint.safetensors"));
        Assert.Equal("3", metadata["step"]);
    }

    [Fact]
    public void VoxelsThatAreNotFiniteDoNotReachTheWeights()
    {
        TrainingVolume volume = Small.Volume();
        Array.Fill(volume.Voxels, float.NaN, 0, volume.Voxels.Length / 2);
        var messages = new List<string>();
        new Trainer(Config, _root, [volume], [], new Collecting(messages)).Run(resume: false, null, CancellationToken.None);
        (Dictionary<string, TorchSharp.torch.Tensor> tensors, _) = Safetensors.Read(Path.Combine(_root, "checkpoint.safetensors"));
        Assert.All(tensors.Values, tensor => Assert.True(tensor.isfinite().all().item<bool>()));
    }

    [Theory]
    [InlineData("{ \"steps\": 0 }", "steps is 0")]
    [InlineData("{ \"precision\": \"int8\" }", "int8")]
    [InlineData("{ \"stepz\": 5 }", "stepz")]
    [InlineData("{ \"crops\": [ { \"rows\": 17, \"columns\": 16, \"batch\": 1, \"share\": 1 } ] }", "17 x 16")]
    [InlineData("nonsense", "not a training configuration")]
    public void ConfigurationsAreCheckedByName(string json, string says)
    {
        string path = Path.Combine(_root, "config.json");
        File.WriteAllText(path, json);
        Assert.Contains(says, Assert.Throws<ModelFileException>(() => TrainingConfig.Read(path)).Message, StringComparison.Ordinal);
    }

    private static string[] Losses(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "loss.csv")).Select(line => string.Join(',', line.Split(',')[..^1]))];

    private sealed class Dying(int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step) throw new TimeoutException();
        }
    }

    private sealed class Stopping(int step, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step) stop.Cancel();
        }
    }

    private sealed class Collecting(List<string> messages) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Message is not null) messages.Add(value.Message);
        }
    }
}
