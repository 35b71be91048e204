using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch.Tests;

[Collection(TorchCollection.Name)]
public class MaskedVolumeTransformerTests
{
    [Fact]
    public void AnUntrainedNetworkAnswersWithTheWeightedCandidates()
    {
        using var scope = NewDisposeScope();
        using MaskedVolumeTransformer network = Small.Network(awake: false);
        using SlabBatch batch = Small.Batch();
        Prediction prediction = network.call(batch);
        Tensor flat = batch.Visible.flatten(2);
        Tensor evidence = batch.Errors.bmm(flat).square().mean([2]).view(2, -1, 3).mean([1]);
        Tensor trust = ((evidence + 1e-7).log() * -4).softmax(1).view(2, 3, 1, 1);
        Tensor expected = (prediction.Candidates * trust).sum(1);
        Assert.True((prediction.Mean - expected).abs().max().item<float>() < 1e-5);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ShapesAreThoseOfTheInput(ScalarType precision)
    {
        using MaskedVolumeTransformer network = Small.Network();
        network.Precision = precision;
        foreach (double[] positions in new double[][] { [-1, 1], [-1], [1, 2, 3], [-4, -2.5, -1, 0.5, 2, 3, 4, 6], [-9, -1, 3] })
        {
            foreach ((int rows, int columns) in new[] { (16, 16), (24, 40), (64, 16) })
            {
                using var scope = NewDisposeScope();
                using SlabBatch batch = Small.Batch(rows: rows, columns: columns, count: 3, positions: positions);
                Prediction prediction = network.call(batch);
                Assert.Equal([3, rows, columns], prediction.Mean.shape);
                Assert.Equal([3, rows, columns], prediction.LogSigma.shape);
                Assert.True(prediction.Mean.isfinite().all().item<bool>() && prediction.LogSigma.isfinite().all().item<bool>());
            }
        }
    }

    [Fact]
    public void ParameterShapesAreTheApprovedOnes()
    {
        using var network = new MaskedVolumeTransformer(TransformerSettings.Tiny);
        string found = string.Join('\n', network.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]").Order(StringComparer.Ordinal));
        string path = Path.Combine(AppContext.BaseDirectory, "tiny.shapes.txt");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n").Trim(), found);
    }

    /// <summary>Central differences in double precision; the step is small enough that kinks of the activation are not met with these seeds.</summary>
    [Fact]
    public void GradientsAreThoseOfFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        MaskedVolumeTransformer network = Small.Network(ScalarType.Float64);
        using SlabBatch batch = Small.Batch(ScalarType.Float64);
        Tensor target = rand([2, 16, 24], generator: new Generator(9)).to(ScalarType.Float64);
        double Loss()
        {
            using var inner = NewDisposeScope();
            using var _ = no_grad();
            return (network.call(batch).Mean - target).square().sum().item<double>();
        }

        (network.call(batch).Mean - target).square().sum().backward();
        var random = new Random(2);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            if (name.StartsWith("spread", StringComparison.Ordinal)) continue;
            Tensor flat = parameter.detach().view(-1);
            long at = random.Next((int)flat.numel());
            double gradient = parameter.grad!.reshape(-1)[at].item<double>(), value = flat[at].item<double>(), step = 1e-6;
            using (no_grad())
            {
                flat[at] = value + step;
                double above = Loss();
                flat[at] = value - step;
                double below = Loss();
                flat[at] = value;
                double difference = (above - below) / (2 * step);
                Assert.True(Math.Abs(difference - gradient) <= 1e-6 + (1e-4 * Math.Abs(gradient)), $"{name}[{at}]: gradient {gradient}, difference {difference}");
            }
        }
    }

    [Fact]
    public void HiddenVoxelsOfTheTargetDoNotMatter()
    {
        using var scope = NewDisposeScope();
        using MaskedVolumeTransformer network = Small.Network();
        using SlabBatch batch = Small.Batch();
        float[] first = Small.Values(network.call(batch).Mean);
        using SlabBatch poisoned = new(batch.Visible.clone(), where(batch.Missing > 0, full_like(batch.Own, 1e6f), batch.Own), batch.Missing.clone(), batch.Geometries, batch.Spacings);
        Assert.Equal(first, Small.Values(network.call(poisoned).Mean));
    }

    /// <summary>Recorded from this implementation; the pattern of the inputs is arithmetic, so any other implementation can be compared.</summary>
    [Fact]
    public void ForwardPassIsTheGoldenOne()
    {
        using var scope = NewDisposeScope();
        MaskedVolumeTransformer network = Small.Network(ScalarType.Float64);
        using (no_grad())
        {
            int k = 0;
            foreach ((string _, TorchSharp.Modules.Parameter parameter) in network.named_parameters().OrderBy(p => p.name, StringComparer.Ordinal))
            {
                parameter.copy_((arange((double)parameter.numel()).to(ScalarType.Float64) * 0.37 + k++).sin().mul(0.1).view(parameter.shape));
            }
        }

        Tensor Wave(double phase, params long[] shape) => (arange((double)shape.Aggregate(1L, (a, b) => a * b)).to(ScalarType.Float64) * 0.013 + phase).sin().mul(0.5).add(0.5).view(shape);
        using var batch = new SlabBatch(Wave(0, 1, 4, 16, 16), Wave(1, 1, 1, 16, 16), ones(1, 1, 16, 16).to(ScalarType.Float64), [new SlabGeometry([-2, -1, 1, 2])], [(3, 1)]);
        Prediction prediction = network.call(batch);
        double[] found = [prediction.Mean.mean().item<double>(), prediction.Mean[0, 3, 5].item<double>(), prediction.Mean[0, 12, 0].item<double>(), prediction.LogSigma.mean().item<double>()];
        double[] golden = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "golden.txt")).Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(found.Length, golden.Length);
        for (int i = 0; i < golden.Length; i++) Assert.True(Math.Abs(found[i] - golden[i]) < 1e-9, string.Join('\n', found.Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void TwoThousandSlabsHoldTensorsAndMemoryFlat()
    {
        using MaskedVolumeTransformer network = Small.Network();
        long tensors = 0, memory = 0;
        for (int i = 0; i < 2000; i++)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            using SlabBatch batch = Small.Batch(count: 1);
            network.call(batch);
            if (i == 200) (tensors, memory) = (Tensor.TotalCount, Environment.WorkingSet);
        }

        GC.Collect();
        Assert.InRange(Tensor.TotalCount, 0, tensors + 50);
        Assert.InRange(Environment.WorkingSet, 0, memory + (100L << 20));
    }
}

/// <summary>libtorch's random generator and thread count are the process's own: these tests run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class TorchCollection
{
    public const string Name = "torch";
}
