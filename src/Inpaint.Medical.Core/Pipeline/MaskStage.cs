using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 4 of 9, Mask: decides which slices and voxels must be predicted. Pure; no I/O.</summary>
public static class MaskStage
{
    /// <summary>Gives every slice of the grid a verdict: intact, missing, corrupted or partial.</summary>
    /// <returns>
    /// An empty mask with findings where nothing may be filled: holes that cannot be told, or slices without samples that the protocol
    /// wants reported only (a series that stays incomplete is not written).
    /// </returns>
    /// <exception cref="InpaintException">
    /// The protocol's limits: <see cref="ErrorCode.NothingVisible"/>, <see cref="ErrorCode.TooManyMasked"/>,
    /// <see cref="ErrorCode.GapTooLong"/>, <see cref="ErrorCode.EndNotFilled"/>. What was given by hand:
    /// <see cref="ErrorCode.SliceNumberOutOfRange"/>, <see cref="ErrorCode.MaskShapeMismatch"/>.
    /// </exception>
    public static SliceMask Run(BuiltVolume built, Protocol protocol, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(built);
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(options);
        ImmutableDictionary<int, RegionMask> regions = CheckedRegions(built, options);
        int[] byHand = CheckedSlices(built, options);
        DetectedSlice[] spoiled = [.. Spoiled(built, protocol.Mask)];
        bool replaces = protocol.Fill.Spoiled == SpoiledPolicy.Replace;

        var decisions = new SortedDictionary<int, MaskedSlice>();
        foreach (int slice in byHand)
        {
            decisions[slice] = new MaskedSlice(slice, SliceVerdict.Corrupted, ErrorCode.SliceGivenByHand, "Given by hand.");
        }

        foreach (DetectedSlice slice in replaces ? spoiled : [])
        {
            decisions.TryAdd(slice.Slice, new MaskedSlice(slice.Slice, SliceVerdict.Corrupted, slice.Reason, slice.Detail));
        }

        foreach (SliceSlot slot in protocol.Mask.Missing ? built.Slots.Where(IsHole) : [])
        {
            decisions[slot.Slice] = new MaskedSlice(slot.Slice, SliceVerdict.Missing, ErrorCode.SlicesMissing, "No image at this place.");
        }

        foreach ((int slice, RegionMask region) in regions.Where(pair => pair.Value.Count > 0))
        {
            decisions.TryAdd(slice, ByRegion(slice, region, built.Volume.Geometry));
        }

        ImmutableArray<Finding> findings = [.. spoiled.Select(slice => Report(built, slice, replaces))];
        if (Obstacle(built, decisions.ContainsKey) is { } obstacle)
        {
            return Nothing(built, [.. findings, obstacle]);
        }

        var mask = new SliceMask
        {
            Verdicts = [.. Enumerable.Range(0, built.Volume.SliceCount).Select(slice => decisions.GetValueOrDefault(slice)?.Verdict ?? SliceVerdict.Intact)],
            Regions = regions.Where(pair => decisions.GetValueOrDefault(pair.Key)?.Verdict == SliceVerdict.Partial).ToImmutableDictionary(),
            Decisions = [.. decisions.Values],
            Findings = findings,
        };
        MaskLimits.Check(mask, built.Volume.Geometry, protocol);
        return mask;
    }

    // Finer detectors join here, in the order in which their reasons take precedence.
    private static IEnumerable<DetectedSlice> Spoiled(BuiltVolume built, MaskPolicy policy)
    {
        IEnumerable<ISliceDetector> detectors =
        [
            .. policy.Unreadable ? new ISliceDetector[] { new UnreadableSliceDetector(), new NotFiniteSliceDetector() } : [],
            .. policy.Constant ? new ISliceDetector[] { new ConstantSliceDetector() } : [],
        ];
        return detectors.SelectMany(detector => detector.Detect(built)).DistinctBy(slice => slice.Slice).OrderBy(slice => slice.Slice);
    }

    private static MaskedSlice ByRegion(int slice, RegionMask region, VolumeGeometry geometry) =>
        region.Count == geometry.SliceLength
            ? new MaskedSlice(slice, SliceVerdict.Corrupted, ErrorCode.RegionGivenByHand, "The whole slice was given by hand.")
            : new MaskedSlice(slice, SliceVerdict.Partial, ErrorCode.RegionGivenByHand, string.Create(
                CultureInfo.InvariantCulture, $"{region.Count} of {geometry.SliceLength} voxels given by hand."));

    // Why nothing at all is filled; null where filling may go on.
    private static Finding? Obstacle(BuiltVolume built, Func<int, bool> isMasked)
    {
        if (!built.IsFillable)
        {
            return new Finding
            {
                Code = ErrorCode.SpacingNotFillable,
                Severity = FindingSeverity.Warning,
                Message = "The series is reported and not filled: its slices do not form one regular stack.",
                Expected = "one stack with one spacing",
                Found = string.Join(", ", built.Findings.Where(finding => finding.Severity != FindingSeverity.Info).Select(finding => finding.Code).Distinct()),
                Hint = "See the other findings of this series.",
            };
        }

        SliceSlot[] without = [.. built.Slots.Where(slot => !slot.HasSamples && !isMasked(slot.Slice))];
        return without.Length == 0 ? null : new Finding
        {
            Code = ErrorCode.SpoiledSliceReported,
            Severity = FindingSeverity.Warning,
            Message = string.Create(
                CultureInfo.InvariantCulture, $"{without.Length} slice(s) have no samples and the protocol does not let them be predicted; nothing is filled."),
            SopInstanceUids = [.. without.Select(slot => slot.Source?.SopInstanceUid).OfType<string>()],
            Sources = [.. without.Select(slot => slot.Source?.Source).OfType<string>()],
            PositionsMm = [.. without.Select(slot => built.Volume.Geometry.SlicePositionsMm[slot.Slice])],
            Hint = "Send the images again, or set mask and fill.spoiled of the protocol so that they are replaced.",
        };
    }

    private static SliceMask Nothing(BuiltVolume built, ImmutableArray<Finding> findings) => new()
    {
        Verdicts = [.. Enumerable.Repeat(SliceVerdict.Intact, built.Volume.SliceCount)],
        Decisions = [],
        Findings = findings,
    };

    private static Finding Report(BuiltVolume built, DetectedSlice slice, bool replaces)
    {
        InstanceHeader? source = built.Slots[slice.Slice].Source;
        return new Finding
        {
            Code = replaces ? slice.Reason : ErrorCode.SpoiledSliceReported,
            Severity = FindingSeverity.Warning,
            Message = string.Create(CultureInfo.InvariantCulture, $"Slice {slice.Slice} is spoiled: {slice.Detail}"),
            SopInstanceUids = source is null ? [] : [source.SopInstanceUid],
            Sources = source is null ? [] : [source.Source],
            PositionsMm = [built.Volume.Geometry.SlicePositionsMm[slice.Slice]],
            Expected = "a readable slice with content",
            Found = slice.Reason.ToString(),
            LikelyCause = slice.Reason == ErrorCode.SliceConstant ? "The image was blanked or its pixels were lost." : "The file was damaged in transfer or storage.",
            Hint = replaces ? "It is replaced by a prediction; send the image again if it exists." : "The protocol only reports spoiled slices.",
        };
    }

    private static int[] CheckedSlices(BuiltVolume built, RunOptions options)
    {
        int[] slices = options.SlicesByHand.IsDefaultOrEmpty ? [] : [.. options.SlicesByHand.Distinct().Order()];
        foreach (int slice in slices)
        {
            CheckNumber(slice, built);
        }

        return slices;
    }

    private static ImmutableDictionary<int, RegionMask> CheckedRegions(BuiltVolume built, RunOptions options)
    {
        ImmutableDictionary<int, RegionMask> regions = options.RegionsByHand ?? ImmutableDictionary<int, RegionMask>.Empty;
        foreach ((int slice, RegionMask region) in regions)
        {
            CheckNumber(slice, built);
            if (region.Masked.Length != built.Volume.Geometry.SliceLength)
            {
                throw new InpaintException(ErrorCode.MaskShapeMismatch, string.Create(
                    CultureInfo.InvariantCulture,
                    $"The mask has {region.Masked.Length} voxels a slice, the series {built.Volume.Geometry.Rows} x {built.Volume.Geometry.Columns}. Give a mask of the same matrix."));
            }
        }

        return regions;
    }

    private static void CheckNumber(int slice, BuiltVolume built)
    {
        if (slice < 0 || slice >= built.Volume.SliceCount)
        {
            throw new InpaintException(ErrorCode.SliceNumberOutOfRange, string.Create(
                CultureInfo.InvariantCulture, $"Slice {slice} was given by hand; the series has slices 0 to {built.Volume.SliceCount - 1}."));
        }
    }

    private static bool IsHole(SliceSlot slot) => !slot.HasSamples && slot.Defect == ErrorCode.None;
}
