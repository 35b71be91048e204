using Inpaint.Medical.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch.Tests;

/// <summary>Networks, batches and volumes small enough to check by hand and by differences.</summary>
internal static class Small
{
    public static readonly TransformerSettings Settings = new()
    {
        Name = "small", FineChannels = 4, MiddleChannels = 6, CoarseChannels = 8, Depth = 1, HeadChannels = 6, TokenWidth = 8, Heads = 2, Blocks = 2, Window = 2,
    };

    /// <summary>A network whose zero-initialised layers have been given small random weights, so that every path counts.</summary>
    public static MaskedVolumeTransformer Network(ScalarType type = ScalarType.Float32, bool awake = true, int seed = 3)
    {
        manual_seed(seed);
        var network = new MaskedVolumeTransformer(Settings) { Precision = type };
        using (no_grad())
        {
            foreach ((string _, var parameter) in network.named_parameters())
            {
                using Tensor largest = parameter.abs().max();
                if (awake && largest.ToSingle() == 0) parameter.normal_(0, 0.02);
            }
        }

        network.to(type);
        return network;
    }

    public static SlabBatch Batch(ScalarType type = ScalarType.Float32, int rows = 16, int columns = 24, int seed = 5, int count = 2, params double[] positions)
    {
        if (positions.Length == 0) positions = [-3, -2, -1, 1, 2, 4];
        var generator = new Generator((ulong)seed);
        Tensor Random(params long[] shape) => rand(shape, generator: generator).to(type);
        Tensor missing = ones(count, 1, rows, columns).to(type);
        missing[0, 0, ..4] = 0;
        return new SlabBatch(Random(count, positions.Length, rows, columns), Random(count, 1, rows, columns), missing,
            [.. Enumerable.Repeat(new SlabGeometry(positions), count)], [.. Enumerable.Repeat((3.0, 0.7), count)]);
    }

    /// <summary>A slanted wall with texture: what moves from slice to slice.</summary>
    public static TrainingVolume Volume(string name = "slant", int slices = 24, int rows = 48, int columns = 40, int seed = 1)
    {
        var random = new Random(seed);
        var voxels = new float[slices * rows * columns];
        for (int s = 0, i = 0; s < slices; s++)
        {
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < columns; x++) voxels[i++] = (float)Math.Tanh((x - 10 - (0.9 * s) + (4 * Math.Sin(y * 0.2))) / 2) + (0.02f * random.NextSingle());
            }
        }

        return TrainingVolume.Normalise(name, voxels, slices, rows, columns, (2, 1, 1));
    }

    public static float[] Values(Tensor tensor) => tensor.to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
