using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;

namespace Inpaint.Medical.Nifti;

/// <summary>What of a volume is to be rebuilt.</summary>
internal static class NiftiMask
{
    /// <summary>Mask by hand where slices or voxels are named, else of the slices found empty.</summary>
    /// <param name="slices">[slices] of [rows × columns].</param>
    /// <param name="mask">The same shape, not 0 where masked; null for none.</param>
    public static SliceMask Of(float[][] slices, NiftiSelection selection, float[][]? mask)
    {
        var decisions = new SortedDictionary<int, MaskedSlice>();
        var regions = ImmutableDictionary.CreateBuilder<int, RegionMask>();
        if (selection.Missing is { } list)
        {
            foreach (int slice in SliceNumbers.Parse(list, slices.Length))
            {
                decisions[slice] = new MaskedSlice(slice, SliceVerdict.Missing, ErrorCode.SliceGivenByHand, "named by the operator");
            }
        }

        if (mask is not null)
        {
            AddRegions(mask, decisions, regions);
        }

        if (selection.Missing is null && mask is null)
        {
            AddEmpty(slices, decisions);
        }

        var verdicts = new SliceVerdict[slices.Length];
        foreach (MaskedSlice decision in decisions.Values)
        {
            verdicts[decision.Slice] = decision.Verdict;
        }

        return new SliceMask { Verdicts = [.. verdicts], Regions = regions.ToImmutable(), Decisions = [.. decisions.Values] };
    }

    private static void AddRegions(
        float[][] mask, SortedDictionary<int, MaskedSlice> decisions, ImmutableDictionary<int, RegionMask>.Builder regions)
    {
        for (int slice = 0; slice < mask.Length; slice++)
        {
            var region = new RegionMask([.. mask[slice].Select(value => value != 0)]);
            if (region.Count == 0 || decisions.ContainsKey(slice))
            {
                continue;
            }

            bool whole = region.Count == mask[slice].Length;
            decisions[slice] = new MaskedSlice(
                slice, whole ? SliceVerdict.Missing : SliceVerdict.Partial, ErrorCode.RegionGivenByHand, $"{region.Count} voxels in the mask file");
            if (!whole)
            {
                regions[slice] = region;
            }
        }
    }

    // Empty slices before the first and after the last with content are background, not holes.
    private static void AddEmpty(float[][] slices, SortedDictionary<int, MaskedSlice> decisions)
    {
        int first = Array.FindIndex(slices, slice => !IsEmpty(slice));
        int last = Array.FindLastIndex(slices, slice => !IsEmpty(slice));
        for (int slice = first + 1; slice < last; slice++)
        {
            if (IsEmpty(slices[slice]))
            {
                (ErrorCode reason, string detail) = float.IsNaN(slices[slice][0])
                    ? (ErrorCode.SliceNotFinite, "NaN everywhere")
                    : (ErrorCode.SliceConstant, "one value everywhere");
                decisions[slice] = new MaskedSlice(slice, SliceVerdict.Missing, reason, detail);
            }
        }
    }

    private static bool IsEmpty(float[] slice)
    {
        ReadOnlySpan<float> voxels = slice;
        return float.IsNaN(voxels[0]) ? !voxels.ContainsAnyExcept(float.NaN) : !voxels.ContainsAnyExcept(voxels[0]);
    }
}
