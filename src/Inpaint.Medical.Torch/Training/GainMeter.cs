using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch.Training;

/// <summary>Squared errors on the hidden slices of one volume and pattern.</summary>
/// <param name="Volume">Name of the volume.</param>
/// <param name="Pattern">1, 2, 3 or x2.</param>
/// <param name="Network">Mean squared error of the network, normalised units.</param>
/// <param name="Classical">Mean squared errors of linear, cubic and spline.</param>
public sealed record Gain(string Volume, string Pattern, double Network, double[] Classical)
{
    /// <summary>PSNR above the best of the classical methods on this volume and pattern, dB.</summary>
    public double Decibels => 10 * Math.Log10(Classical.Min() / Network);
}

/// <summary>Hides slices of held-out volumes and measures how much better the network predicts them than the best classical method.</summary>
public sealed class GainMeter(int holes, int largest)
{
    /// <summary>Gains per volume and pattern on <paramref name="volumes"/>; central pixels of each slice up to the size asked for.</summary>
    public IReadOnlyList<Gain> Measure(MaskedVolumeTransformer network, IEnumerable<TrainingVolume> volumes)
    {
        ArgumentNullException.ThrowIfNull(volumes);
        return [.. from volume in volumes from pattern in HolePattern.Measured where Places(volume, pattern).Length > 0 select Measure(network, volume, pattern)];
    }

    private Gain Measure(MaskedVolumeTransformer network, TrainingVolume volume, string pattern)
    {
        var sums = new double[4];
        foreach (int start in Places(volume, pattern))
        {
            int target = start;
            foreach (HolePattern hole in HolePattern.Targets(pattern)) Add(network, volume, hole, target++, sums);
        }

        int count = Places(volume, pattern).Length * HolePattern.Targets(pattern).Count;
        return new Gain(volume.Name, pattern, sums[3] / count, [sums[0] / count, sums[1] / count, sums[2] / count]);
    }

    /// <summary>First hidden slice of each hole, spread evenly over the volume.</summary>
    private int[] Places(TrainingVolume volume, string pattern)
    {
        IReadOnlyList<HolePattern> targets = HolePattern.Targets(pattern);
        int first = -targets[0].Visible[0], last = volume.Slices - 1 - targets[0].Visible[^1];
        if (last < first) return [];
        return [.. Enumerable.Range(1, holes).Select(i => first + (int)((long)(last - first) * i / (holes + 1))).Distinct()];
    }

    private void Add(MaskedVolumeTransformer network, TrainingVolume volume, HolePattern hole, int target, double[] sums)
    {
        using var scope = NewDisposeScope();
        (Tensor truth, Prediction prediction) = Predict(network, volume, hole, target);
        Tensor classical = MaskedVolumeTransformer.Squared(HeldScalars.Minus(prediction.Candidates, truth.unsqueeze(1))).mean([0, 2, 3]);
        for (int k = 0; k < 3; k++) sums[k] += classical[k].item<float>();
        sums[3] += MaskedVolumeTransformer.Squared(HeldScalars.Minus(prediction.Mean, truth)).mean().item<float>();
    }

    private (Tensor Truth, Prediction Prediction) Predict(MaskedVolumeTransformer network, TrainingVolume volume, HolePattern hole, int target)
    {
        using var _ = no_grad();
        Device device = network.parameters().First().device;
        int patch = TransformerSettings.Patch;
        int rows = Math.Min(volume.Rows / patch * patch, largest), columns = Math.Min(volume.Columns / patch * patch, largest);
        int top = (volume.Rows - rows) / 2, left = (volume.Columns - columns) / 2;
        Tensor Slice(int index) => torch.tensor(volume.Voxels.AsMemory(index * volume.Rows * volume.Columns, volume.Rows * volume.Columns), [1, volume.Rows, volume.Columns])
            [.., top..(top + rows), left..(left + columns)].to(device);

        Tensor visible = stack([.. hole.Visible.Select(z => Slice(target + z))], 1), truth = Slice(target);
        var geometry = new SlabGeometry(Array.ConvertAll(hole.Visible, z => (double)z));
        using var batch = new SlabBatch(visible, zeros_like(truth).unsqueeze(1), ones_like(truth).unsqueeze(1), [geometry],
            [(volume.SpacingMm.Slice, Math.Sqrt(volume.SpacingMm.Row * volume.SpacingMm.Column))]);
        return (truth, network.call(batch));
    }
}
