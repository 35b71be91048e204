using System.Collections.Immutable;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Interpolation;

/// <summary>Voxels of a target slice that see the same slices. Without partial slices there is one class: the whole target.</summary>
/// <param name="Visible">Slices with a real voxel at these places, ascending.</param>
/// <param name="Voxels">Indices into [rows × columns], ascending.</param>
/// <param name="IsWholeSlice">All voxels of the slice; <paramref name="Voxels"/> is then empty.</param>
public sealed record VisibilityClass(ImmutableArray<int> Visible, ImmutableArray<int> Voxels, bool IsWholeSlice)
{
    /// <summary>Classes of the voxels of one target that the mask hides, largest first.</summary>
    public static ImmutableArray<VisibilityClass> Of(Volume volume, SliceMask mask, int target)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(mask);
        ImmutableArray<int> whole =
            [.. Enumerable.Range(0, volume.SliceCount).Where(slice => mask.IsVisible(slice) && volume.IsPresent(slice))];
        ImmutableArray<int> partial =
            [.. mask.Regions.Keys.Where(slice => slice != target && mask.Verdicts[slice] == SliceVerdict.Partial).Order()];
        bool targetIsPartial = mask.Regions.TryGetValue(target, out RegionMask? region) && !mask.IsWholeMasked(target);
        return partial.IsEmpty && !targetIsPartial
            ? [new VisibilityClass(whole, [], IsWholeSlice: true)]
            : Split(volume.Geometry.SliceLength, whole, partial, mask, targetIsPartial ? region : null);
    }

    // Refines the partition with one partial slice after the other: where it is masked its voxels leave the class.
    private static ImmutableArray<VisibilityClass> Split(
        int sliceLength, ImmutableArray<int> whole, ImmutableArray<int> partial, SliceMask mask, RegionMask? region)
    {
        int[] classOf = new int[sliceLength];
        if (region is not null)
        {
            for (int voxel = 0; voxel < sliceLength; voxel++)
            {
                classOf[voxel] = region.Masked[voxel] ? 0 : -1;
            }
        }

        var visible = new List<ImmutableArray<int>> { whole };
        foreach (int slice in partial)
        {
            ReadOnlySpan<bool> masked = mask.Regions[slice].Masked;
            int before = visible.Count;
            var splitOff = new int[before];
            for (int voxel = 0; voxel < sliceLength; voxel++)
            {
                int old = classOf[voxel];
                if (old < 0 || !masked[voxel])
                {
                    continue;
                }

                if (splitOff[old] == 0)
                {
                    splitOff[old] = visible.Count;
                    visible.Add(visible[old]);
                }

                classOf[voxel] = splitOff[old];
            }

            for (int old = 0; old < before; old++)
            {
                visible[old] = visible[old].Add(slice);
            }
        }

        return [.. Enumerable.Range(0, sliceLength)
            .Where(voxel => classOf[voxel] >= 0)
            .GroupBy(voxel => classOf[voxel])
            .Select(voxels => new VisibilityClass(visible[voxels.Key].Sort(), [.. voxels], IsWholeSlice: false))
            .OrderByDescending(group => group.Voxels.Length)];
    }
}
