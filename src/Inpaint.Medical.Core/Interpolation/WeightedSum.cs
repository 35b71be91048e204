using System.Numerics;
using System.Runtime.InteropServices;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Interpolation;

/// <summary>
/// Kernel of the classical methods: sum of weight × slice. Products are added in the order given and never fused, so that every
/// machine gets the same bits.
/// </summary>
public static class WeightedSum
{
    // Voxels of the destination that stay in the first-level cache while all sources pass by.
    private const int BlockLength = 4096;

    /// <summary>Whole slices.</summary>
    /// <param name="volume">[slices, rows, columns].</param>
    /// <param name="slices">Sources.</param>
    /// <param name="weights">One for each source, no unit.</param>
    /// <param name="destination">[rows × columns], overwritten.</param>
    public static void Fill(Volume volume, ReadOnlySpan<int> slices, ReadOnlySpan<float> weights, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, slices.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, volume.Geometry.SliceLength);

        for (int start = 0; start < destination.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, destination.Length - start);
            Span<float> block = destination.Slice(start, length);
            block.Clear();
            int i = 0;
            for (; i + 4 <= slices.Length; i += 4)
            {
                AddFour(
                    volume.Slice(slices[i]).Slice(start, length),
                    volume.Slice(slices[i + 1]).Slice(start, length),
                    volume.Slice(slices[i + 2]).Slice(start, length),
                    volume.Slice(slices[i + 3]).Slice(start, length),
                    weights.Slice(i, 4),
                    block);
            }

            for (; i < slices.Length; i++)
            {
                AddOne(volume.Slice(slices[i]).Slice(start, length), weights[i], block);
            }
        }
    }

    /// <summary>Some voxels only; the same sums in the same order.</summary>
    /// <param name="voxels">Indices into [rows × columns]; others of <paramref name="destination"/> are left alone.</param>
    public static void FillVoxels(
        Volume volume, ReadOnlySpan<int> slices, ReadOnlySpan<float> weights, ReadOnlySpan<int> voxels, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, slices.Length);
        foreach (int voxel in voxels)
        {
            destination[voxel] = 0;
        }

        for (int i = 0; i < slices.Length; i++)
        {
            ReadOnlySpan<float> source = volume.Slice(slices[i]);
            foreach (int voxel in voxels)
            {
                destination[voxel] += weights[i] * source[voxel];
            }
        }
    }

    private static void AddFour(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d, ReadOnlySpan<float> weights, Span<float> sum)
    {
        float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
        ReadOnlySpan<Vector<float>> va = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> vb = MemoryMarshal.Cast<float, Vector<float>>(b)[..va.Length];
        ReadOnlySpan<Vector<float>> vc = MemoryMarshal.Cast<float, Vector<float>>(c)[..va.Length];
        ReadOnlySpan<Vector<float>> vd = MemoryMarshal.Cast<float, Vector<float>>(d)[..va.Length];
        Span<Vector<float>> vs = MemoryMarshal.Cast<float, Vector<float>>(sum)[..va.Length];
        for (int i = 0; i < vs.Length; i++)
        {
            vs[i] = vs[i] + (va[i] * wa) + (vb[i] * wb) + (vc[i] * wc) + (vd[i] * wd);
        }

        for (int i = vs.Length * Vector<float>.Count; i < sum.Length; i++)
        {
            sum[i] = sum[i] + (a[i] * wa) + (b[i] * wb) + (c[i] * wc) + (d[i] * wd);
        }
    }

    private static void AddOne(ReadOnlySpan<float> source, float weight, Span<float> sum)
    {
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(source);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(sum)[..from.Length];
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += from[i] * weight;
        }

        for (int i = to.Length * Vector<float>.Count; i < sum.Length; i++)
        {
            sum[i] += source[i] * weight;
        }
    }
}
