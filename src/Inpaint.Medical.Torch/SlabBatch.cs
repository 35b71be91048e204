using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch;

/// <summary>A batch of target slices, each with its own visible slices. All items share the count of visible slices and the in-plane size.</summary>
/// <remarks>Owns its tensors. Intensities are in normalised units, about 0 to 1.</remarks>
public sealed class SlabBatch : IDisposable
{
    /// <param name="visible">Visible slices, [batch, visible, rows, columns].</param>
    /// <param name="own">The target slice; read only where not missing, [batch, 1, rows, columns].</param>
    /// <param name="missing">1 where the target is to be predicted, else 0, [batch, 1, rows, columns].</param>
    /// <param name="geometries">Positions of the visible slices, one per item.</param>
    /// <param name="spacings">Millimetres from slice to slice and between pixels (geometric mean), one per item.</param>
    public SlabBatch(Tensor visible, Tensor own, Tensor missing, IReadOnlyList<SlabGeometry> geometries, IReadOnlyList<(double Slice, double Pixel)> spacings)
    {
        ArgumentNullException.ThrowIfNull(visible);
        ArgumentNullException.ThrowIfNull(geometries);
        (Visible, Own, Missing, Geometries, Spacings) = (visible, own, missing, geometries, spacings);
        Device device = visible.device;
        Tensor Rows(Func<SlabGeometry, float[]> part, params long[] shape) =>
            torch.tensor(geometries.SelectMany(part).ToArray(), shape).to(visible.dtype).to(device);

        int count = geometries.Count;
        long slices = visible.shape[1];
        Weights = Rows(g => g.Weights, count, SlabGeometry.Candidates, slices);
        Errors = Rows(g => g.Errors, count, SlabGeometry.Candidates * Math.Max(0, slices - 2), slices);
        SlotWeights = Rows(g => [.. g.SlotLinear, .. g.SlotCubic], count, 2, SlabGeometry.Slots);
        Positions = Rows(g => Array.ConvertAll(g.Positions, z => (float)z), count, slices);
        Reach = Rows(FlowReach, count, SlabGeometry.Slots);
        Slots = torch.tensor(geometries.SelectMany((g, item) => g.Slot.Select(s => (item * slices) + s)).ToArray()).to(device);
        Code = torch.tensor(geometries.Zip(spacings, GeometryCode).SelectMany(c => c).ToArray(), [count, CodeLength]).to(visible.dtype).to(device);
    }

    /// <summary>Numbers in <see cref="Code"/> per item.</summary>
    public const int CodeLength = 7;

    public Tensor Visible { get; }

    public Tensor Own { get; }

    public Tensor Missing { get; }

    public IReadOnlyList<SlabGeometry> Geometries { get; }

    public IReadOnlyList<(double Slice, double Pixel)> Spacings { get; }

    /// <summary>Mean squared error of each candidate on left-out visible slices, [batch, candidates]; null: found from <see cref="Visible"/>.</summary>
    public Tensor? Evidence { get; init; }

    /// <summary>Candidate weights, [batch, candidates, visible].</summary>
    internal Tensor Weights { get; }

    /// <summary>Left-out error weights, [batch, left out x candidates, visible].</summary>
    internal Tensor Errors { get; }

    /// <summary>Linear and cubic candidate as weights of the four slots, [batch, 2, slots].</summary>
    internal Tensor SlotWeights { get; }

    /// <summary>Positions of the visible slices, in slice units, [batch, visible].</summary>
    internal Tensor Positions { get; }

    /// <summary>Index of each slot's slice in the flattened batch, [batch x slots].</summary>
    internal Tensor Slots { get; }

    /// <summary>How many times the displacement of the nearest slice a slot's slice moves, [batch, slots].</summary>
    internal Tensor Reach { get; }

    /// <summary>Slot distances and spacings in a form that a linear layer likes, [batch, <see cref="CodeLength"/>].</summary>
    internal Tensor Code { get; }

    public int Count => Geometries.Count;

    /// <summary>The same slabs turned by 180 degrees in their plane; the caller disposes it.</summary>
    internal SlabBatch Turned() =>
        new(Visible.flip(2, 3), Own.flip(2, 3), Missing.flip(2, 3), Geometries, Spacings) { Evidence = Evidence?.clone() };

    public void Dispose()
    {
        Evidence?.Dispose();
        foreach (Tensor tensor in new[] { Visible, Own, Missing, Weights, Errors, SlotWeights, Positions, Slots, Reach, Code }) tensor.Dispose();
    }

    private static float[] FlowReach(SlabGeometry geometry)
    {
        double At(int slot) => geometry.Positions[geometry.Slot[slot]];
        float Ratio(int far, int near) => (float)Math.Clamp(At(far) / At(near), -3, 3);
        return [1, 1, Ratio(2, 0), Ratio(3, 1)];
    }

    private static float[] GeometryCode(SlabGeometry geometry, (double Slice, double Pixel) spacing)
    {
        float At(int slot) => (float)geometry.Positions[geometry.Slot[slot]] / 4;
        return [At(0), At(1), At(2), At(3), (float)Math.Log(spacing.Slice), (float)Math.Log(spacing.Pixel), (float)Math.Log(spacing.Slice / spacing.Pixel)];
    }
}
