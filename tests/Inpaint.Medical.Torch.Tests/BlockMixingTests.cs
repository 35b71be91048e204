using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch.Tests;

/// <summary>The reference is the network's own sum of tensors, which runs where a gradient is asked for.</summary>
[Collection(TorchCollection.Name)]
public class BlockMixingTests
{
    [Theory]
    [InlineData(ScalarType.Float32, 2e-6)]
    [InlineData(ScalarType.BFloat16, 4e-3)]             // the reference rounds differences from the base to eight bits
    public void GivenNoGradient_WhenPredicting_ThenTheSumIsThatOfTheTensors(ScalarType precision, double tolerance)
    {
        using MaskedVolumeTransformer network = Small.Network();
        network.Precision = precision;
        foreach ((int rows, int columns) in new[] { (16, 16), (24, 40), (64, 16) })
        {
            using var scope = NewDisposeScope();
            using SlabBatch batch = Small.Batch(rows: rows, columns: columns, count: 3);
            Tensor expected = network.call(batch).Mean.detach(), candidates = network.call(batch).Candidates;
            Tensor found;
            using (no_grad()) found = network.call(batch).Mean;
            double difference = (found - expected).abs().max().item<float>(), mixed = (expected - candidates.mean([1])).abs().max().item<float>();
            Assert.True(difference > 0 && difference <= tolerance * mixed, $"{rows} x {columns}: {difference} of {mixed}");
        }
    }
}
