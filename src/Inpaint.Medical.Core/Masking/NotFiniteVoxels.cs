using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Masking;

/// <summary>Voxels that are NaN or infinite say nothing about their neighbours.</summary>
internal static class NotFiniteVoxels
{
    /// <summary>The mask that methods look by: such voxels of intact slices are hidden too. What is predicted still follows from <paramref name="mask"/>.</summary>
    public static SliceMask Hide(BuiltVolume built, SliceMask mask)
    {
        if (!built.Format.IsFloatingPoint)
        {
            return mask;
        }

        var verdicts = mask.Verdicts.ToBuilder();
        var regions = mask.Regions.ToBuilder();
        for (int slice = 0; slice < built.Volume.SliceCount; slice++)
        {
            if (mask.IsVisible(slice) && built.Volume.IsPresent(slice) && !built.Volume.IsFinite(slice))
            {
                verdicts[slice] = SliceVerdict.Partial;
                regions[slice] = new RegionMask([.. built.Volume.Slice(slice).ToArray().Select(voxel => !float.IsFinite(voxel))]);
            }
        }

        return mask with { Verdicts = verdicts.ToImmutable(), Regions = regions.ToImmutable() };
    }
}
