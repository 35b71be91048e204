using System.Numerics.Tensors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Inpaint.Medical.Torch;

/// <summary>Cuts normalised tiles out of a volume. A masked voxel is never read.</summary>
internal sealed class SlabReader(Volume volume, SliceMask mask, IntensityRange range)
{
    private const int EvidenceSide = 256;

    private readonly int rows = volume.Geometry.Rows, columns = volume.Geometry.Columns;

    private (double Slice, double Pixel) Spacing =>
        (volume.Geometry.SliceSpacingMm, Math.Sqrt(volume.Geometry.RowSpacingMm * volume.Geometry.ColumnSpacingMm));

    /// <summary>Which voxels of a target are to be predicted; empty for all.</summary>
    public ReadOnlySpan<bool> Masked(int target) => mask.IsWholeMasked(target) || !mask.Regions.TryGetValue(target, out RegionMask? region) ? default : region.Masked;

    /// <summary>One batch from plans with equally many visible slices.</summary>
    public SlabBatch Read(IReadOnlyList<(SlabPlan Plan, float[] Evidence, int Top, int Left)> items, int tileRows, int tileColumns, Device device)
    {
        int slices = items[0].Plan.Geometry.Positions.Length, size = tileRows * tileColumns;
        var visible = new float[items.Count * slices * size];
        var own = new float[items.Count * size];
        var missing = new float[items.Count * size];
        for (int i = 0; i < items.Count; i++)
        {
            (SlabPlan plan, _, int top, int left) = items[i];
            Target(plan, top, left, tileRows, tileColumns, own.AsSpan(i * size, size), missing.AsSpan(i * size, size));
            for (int k = 0; k < slices; k++)
            {
                Span<float> tile = visible.AsSpan(((i * slices) + k) * size, size);
                if (plan.Visible.IsEmpty) HarmonicFill.Fill(own.AsSpan(i * size, size), missing.AsSpan(i * size, size), tileRows, tileColumns, tile);
                else Tile(volume.Slice(plan.Visible[k]), top, left, tileRows, tileColumns, tile);
            }
        }

        long n = items.Count;
        return new SlabBatch(
            torch.tensor(visible, [n, slices, tileRows, tileColumns]).to(device), torch.tensor(own, [n, 1, tileRows, tileColumns]).to(device),
            torch.tensor(missing, [n, 1, tileRows, tileColumns]).to(device), [.. items.Select(item => item.Plan.Geometry)], [.. items.Select(_ => Spacing)])
        {
            Evidence = torch.tensor(items.SelectMany(item => item.Evidence).ToArray(), [n, SlabGeometry.Candidates]).to(device),
        };
    }

    /// <summary>Mean squared error of each candidate on left-out visible slices, over the whole slice, so that all tiles agree. [candidates]</summary>
    public float[] Evidence(SlabPlan plan)
    {
        var evidence = new double[SlabGeometry.Candidates];
        double[] z = plan.Geometry.Positions;
        int slices = z.Length, hidden = Math.Max(0, slices - 2), step = Math.Max(1, Math.Min(rows, columns) / EvidenceSide);
        if (plan.Visible.IsEmpty) return [0, 0, 0];
        float[] weights = plan.Geometry.Errors;
        if (hidden == 0)
        {
            // Too few to leave one out: a quarter of the squared step between the two nearest.
            weights = [.. Enumerable.Repeat(new float[slices], SlabGeometry.Candidates).SelectMany(row => row)];
            for (int k = 0; k < SlabGeometry.Candidates && slices == 2; k++) (weights[k * 2], weights[(k * 2) + 1]) = (0.5f, -0.5f);
            hidden = 1;
        }

        int[] seen = [.. Enumerable.Range(0, (columns - (step / 2) + step - 1) / step).Select(i => (step / 2) + (i * step))];
        var lines = new float[slices][];
        for (int k = 0; k < slices; k++) lines[k] = new float[seen.Length];
        var error = new float[seen.Length];
        long count = 0;
        for (int row = step / 2; row < rows; row += step, count += seen.Length)
        {
            for (int k = 0; k < slices; k++)
            {
                ReadOnlySpan<float> line = volume.Slice(plan.Visible[k]).Slice(row * columns, columns);
                for (int i = 0; i < seen.Length; i++) lines[k][i] = line[seen[i]];
                range.Normalise(lines[k], lines[k]);
            }

            for (int w = 0; w < hidden * SlabGeometry.Candidates; w++)
            {
                TensorPrimitives.Multiply(lines[0], weights[w * slices], error);
                for (int k = 1; k < slices; k++) TensorPrimitives.MultiplyAdd(lines[k], weights[(w * slices) + k], error, error);
                evidence[w % SlabGeometry.Candidates] += TensorPrimitives.SumOfSquares<float>(error);
            }
        }

        return Array.ConvertAll(evidence, sum => (float)(sum / Math.Max(1, count) / hidden));
    }

    /// <summary>What the targets really hold; only where they are acquired slices hidden to learn from. [batch, rows, columns]</summary>
    public Tensor Truth(IReadOnlyList<(SlabPlan Plan, float[] Evidence, int Top, int Left)> items, int tileRows, int tileColumns)
    {
        int size = tileRows * tileColumns;
        var truth = new float[items.Count * size];
        for (int i = 0; i < items.Count; i++) Tile(volume.Slice(items[i].Plan.Target), items[i].Top, items[i].Left, tileRows, tileColumns, truth.AsSpan(i * size, size));
        return torch.tensor(truth, [items.Count, tileRows, tileColumns]);
    }

    private void Target(SlabPlan plan, int top, int left, int tileRows, int tileColumns, Span<float> own, Span<float> missing)
    {
        ReadOnlySpan<bool> masked = Masked(plan.Target);
        if (masked.IsEmpty)
        {
            missing.Fill(1);
            return;
        }

        ReadOnlySpan<float> voxels = volume.Slice(plan.Target);
        for (int row = 0; row < tileRows; row++)
        {
            int line = Math.Min(top + row, rows - 1) * columns;
            for (int column = 0; column < tileColumns; column++)
            {
                int at = line + Math.Min(left + column, columns - 1), to = (row * tileColumns) + column;
                bool isHidden = masked[at] || !float.IsFinite(voxels[at]);
                missing[to] = isHidden ? 1 : 0;
                own[to] = isHidden ? 0 : range.Normalise(voxels[at]);
            }
        }
    }

    private void Tile(ReadOnlySpan<float> voxels, int top, int left, int tileRows, int tileColumns, Span<float> tile)
    {
        for (int row = 0; row < tileRows; row++)
        {
            ReadOnlySpan<float> line = voxels.Slice(Math.Min(top + row, rows - 1) * columns, columns);
            Span<float> to = tile.Slice(row * tileColumns, tileColumns);
            ReadOnlySpan<float> inside = line[left..Math.Min(left + tileColumns, columns)];
            range.Normalise(inside, to);
            to[inside.Length..].Fill(range.Normalise(line[^1]));
        }
    }
}
