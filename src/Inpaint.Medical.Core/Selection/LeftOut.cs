using System.Collections.Immutable;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Selection;

/// <summary>Known voxels hidden in the pattern of a gap, to see how well each method predicts them.</summary>
/// <param name="Mask">The series' own mask with these voxels hidden as well.</param>
/// <param name="Slices">Slices that hold them, ascending.</param>
/// <param name="Region">Hidden voxels of the one slice; null where whole slices are hidden.</param>
public sealed record LeftOut(SliceMask Mask, ImmutableArray<int> Slices, RegionMask? Region)
{
    // The cubic looks at two slices on each side; a gap's copy must not change what it sees.
    private const int VisibleBetween = 2;

    private const int MostOnOneSide = 3;

    /// <summary>
    /// Copies of a run of masked slices, nearest first, up to three on each side. Where gaps lie too close together for a copy, as with
    /// every second slice missing, single visible slices are left out instead: then the same pattern is tried at twice the distance.
    /// </summary>
    public static ImmutableArray<LeftOut> OfRun(Volume volume, SliceMask mask, MaskRun run)
    {
        ImmutableArray<int>[] copies = [.. Nearest(
            Windows(volume, mask, run.First - 1 - VisibleBetween - (run.Count - 1), -1, run.Count),
            Windows(volume, mask, run.Last + 1 + VisibleBetween, 1, run.Count))];
        if (copies.Length == 0)
        {
            copies = [.. Nearest(Single(volume, mask, run.First - 1, -1), Single(volume, mask, run.Last + 1, 1))];
        }

        return [.. copies.Select(slices => new LeftOut(mask.Hide(slices), slices, null))];
    }

    /// <summary>Copies of the masked region of a partial slice, nearest first, up to three on each side.</summary>
    public static ImmutableArray<LeftOut> OfRegion(Volume volume, SliceMask mask, int slice) =>
        Nearest(
            Windows(volume, mask, slice - 1 - VisibleBetween, -1, 1),
            Windows(volume, mask, slice + 1 + VisibleBetween, 1, 1))
        .Select(slices => new LeftOut(HideRegion(mask, slices[0], mask.Regions[slice]), slices, mask.Regions[slice]))
        .ToImmutableArray();

    // Windows of visible slices with a visible slice on either side, going away from the gap.
    private static IEnumerable<ImmutableArray<int>> Windows(Volume volume, SliceMask mask, int start, int direction, int count)
    {
        for (int first = start, found = 0; first >= 1 && first + count < volume.SliceCount && found < MostOnOneSide; first += direction)
        {
            if (Enumerable.Range(first - 1, count + 2).All(slice => mask.IsVisible(slice) && volume.IsPresent(slice)))
            {
                found++;
                yield return [.. Enumerable.Range(first, count)];
            }
        }
    }

    // Visible slices that have two others below and above, as the cubic wants, going away from the gap.
    private static IEnumerable<ImmutableArray<int>> Single(Volume volume, SliceMask mask, int start, int direction)
    {
        int[] visible = [.. Enumerable.Range(0, volume.SliceCount).Where(slice => mask.IsVisible(slice) && volume.IsPresent(slice))];
        IEnumerable<int> inner = visible.Skip(VisibleBetween).SkipLast(VisibleBetween).Where(slice => (slice - start) * direction >= 0);
        return (direction < 0 ? inner.Reverse() : inner).Take(MostOnOneSide).Select(slice => ImmutableArray.Create(slice));
    }

    private static IEnumerable<ImmutableArray<int>> Nearest(
        IEnumerable<ImmutableArray<int>> before, IEnumerable<ImmutableArray<int>> after)
    {
        ImmutableArray<int>[] left = [.. before], right = [.. after];
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            if (i < left.Length)
            {
                yield return left[i];
            }

            if (i < right.Length)
            {
                yield return right[i];
            }
        }
    }

    private static SliceMask HideRegion(SliceMask mask, int slice, RegionMask region) => mask with
    {
        Verdicts = mask.Verdicts.SetItem(slice, SliceVerdict.Partial),
        Regions = mask.Regions.SetItem(slice, region),
    };
}
