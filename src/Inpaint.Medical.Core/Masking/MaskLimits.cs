using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Masking;

/// <summary>What a protocol allows to be filled.</summary>
internal static class MaskLimits
{
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.NothingVisible"/>, <see cref="ErrorCode.TooManyMasked"/>, <see cref="ErrorCode.EndNotFilled"/>,
    /// <see cref="ErrorCode.GapTooLong"/>.
    /// </exception>
    public static void Check(SliceMask mask, VolumeGeometry geometry, Protocol protocol)
    {
        CheckFraction(mask, protocol);
        foreach (MaskRun run in mask.Runs())
        {
            CheckEnds(run.First, run.Last, geometry, protocol);
            CheckLength(run, geometry, protocol);
        }

        foreach (int slice in mask.Regions.Keys)
        {
            CheckEnds(slice, slice, geometry, protocol);
        }
    }

    private static void CheckFraction(SliceMask mask, Protocol protocol)
    {
        int masked = mask.Runs().Sum(run => run.Count);
        if (masked == mask.Verdicts.Length)
        {
            throw new InpaintException(ErrorCode.NothingVisible, Text($"All {masked} slices are masked; nothing is left to predict them from."));
        }

        double fraction = masked / (double)mask.Verdicts.Length;
        if (fraction > protocol.Fill.LargestMaskedFraction)
        {
            throw new InpaintException(ErrorCode.TooManyMasked, Text(
                $"{masked} of {mask.Verdicts.Length} slices ({fraction:P0}) are missing or spoiled; protocol '{protocol.Name}' allows {protocol.Fill.LargestMaskedFraction:P0}. Send the missing images."));
        }
    }

    private static void CheckEnds(int first, int last, VolumeGeometry geometry, Protocol protocol)
    {
        bool isAtEnd = first == 0 || last == geometry.SliceCount - 1;
        if (isAtEnd && protocol.Fill.Ends == EndPolicy.Refuse)
        {
            throw new InpaintException(ErrorCode.EndNotFilled, Text(
                $"Slice {(first == 0 ? first : last)} at {geometry.SlicePositionsMm[first == 0 ? first : last]:0.###} mm is masked and the {(first == 0 ? "first" : "last")} of the series; protocol '{protocol.Name}' does not predict beyond visible slices. Leave that image out of the input, or set fill.ends to fill."));
        }
    }

    private static void CheckLength(MaskRun run, VolumeGeometry geometry, Protocol protocol)
    {
        int before = Math.Max(run.First - 1, 0), after = Math.Min(run.Last + 1, geometry.SliceCount - 1);
        double gapMm = geometry.SlicePositionsMm[after] - geometry.SlicePositionsMm[before];
        if (run.Count > protocol.Fill.LongestRunSlices || gapMm > protocol.Fill.LongestRunMm)
        {
            throw new InpaintException(ErrorCode.GapTooLong, Text(
                $"Gap of {run.Count} slice(s), {gapMm:0.###} mm from {geometry.SlicePositionsMm[before]:0.###} to {geometry.SlicePositionsMm[after]:0.###} mm; protocol '{protocol.Name}' allows {protocol.Fill.LongestRunSlices} slice(s) and {protocol.Fill.LongestRunMm:0.###} mm. Send the missing images."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
