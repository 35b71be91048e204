using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Composition;

/// <summary>The standard error of every voxel of a completed series.</summary>
public static class SigmaVolume
{
    /// <summary>Of a predicted voxel whose method gives none.</summary>
    public const float NotGiven = -1;

    /// <returns>
    /// Real units, [slices] of [rows × columns]: 0 for acquired voxels, <see cref="NotGiven"/> where the method gives none; null where no
    /// slice has any.
    /// </returns>
    public static float[][]? Of(Composite composite, SliceMask mask, VolumeGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(composite);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(geometry);
        return composite.Sigma.IsEmpty ? null : [.. Enumerable.Range(0, geometry.SliceCount).Select(slice => Slice(slice, composite, mask, geometry.SliceLength))];
    }

    private static float[] Slice(int slice, Composite composite, SliceMask mask, int length)
    {
        var sigma = new float[length];
        if (mask.IsVisible(slice))
        {
            return sigma;
        }

        ReadOnlySpan<float> given = composite.Sigma.TryGetValue(slice, out ReadOnlyMemory<float> there) ? there.Span : default;
        ReadOnlySpan<bool> masked = mask.IsWholeMasked(slice) ? default : mask.Regions[slice].Masked;
        for (int i = 0; i < length; i++)
        {
            bool isPredicted = masked.IsEmpty || masked[i];
            sigma[i] = !isPredicted ? 0 : given.IsEmpty ? NotGiven : given[i];
        }

        return sigma;
    }
}
