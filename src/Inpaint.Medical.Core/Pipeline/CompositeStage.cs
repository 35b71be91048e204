using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Inpaint.Medical.Core.Composition;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 6 of 9, Composite: predictions go inside the mask, stored samples stay untouched outside. Pure; no I/O.</summary>
public static class CompositeStage
{
    /// <summary>Final stored samples of every slice.</summary>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.VisibleVoxelChanged"/>: a digest shows that a visible sample is no longer what was decoded.
    /// <see cref="ErrorCode.PredictionNotFinite"/>: a masked voxel has no finite prediction.
    /// </exception>
    public static Composite Run(BuiltVolume built, SliceMask mask, Inference inference)
    {
        ArgumentNullException.ThrowIfNull(built);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(inference);
        Dictionary<int, SlicePrediction> predictions = inference.Predictions.ToDictionary(prediction => prediction.Slice);
        Dictionary<int, MethodIdentity> methods = inference.Choices
            .SelectMany(choice => choice.Targets.Select(target => (target, choice.Method)))
            .ToDictionary(pair => pair.target, pair => pair.Method);
        var quantizer = new Quantizer(built, mask);

        var slices = new CompositeSlice[built.Slots.Length];
        ParallelSlices.For(
            slices.Length,
            slice => slices[slice] = mask.Verdicts[slice] == SliceVerdict.Intact
                ? Copy(built.Slots[slice])
                : Predicted(built.Slots[slice], mask, PredictionOf(slice, predictions), methods[slice], quantizer),
            CancellationToken.None);

        return new Composite(
            [.. slices],
            built.Slots.First(slot => mask.IsVisible(slot.Slice)).Rescale,
            inference.Predictions.Where(prediction => prediction.Sigma is not null).ToImmutableDictionary(prediction => prediction.Slice, prediction => prediction.Sigma!.Value),
            Clamped(slices, quantizer));
    }

    private static CompositeSlice Copy(SliceSlot slot)
    {
        string digest = Digest(slot.Stored.Span);
        CheckUnchanged(slot, slot.StoredSha256 ?? digest, digest);
        return new CompositeSlice(slot.Slice, SliceKind.Copy, slot.Stored, 0, 0, digest, digest, null, [slot.Slice]) { Rescale = slot.Rescale };
    }

    private static CompositeSlice Predicted(SliceSlot slot, SliceMask mask, SlicePrediction prediction, MethodIdentity method, Quantizer quantizer)
    {
        RegionMask? region = mask.IsWholeMasked(slot.Slice) ? null : mask.Regions[slot.Slice];
        QuantizedSlice quantized = quantizer.Quantize(slot, prediction, region);
        if (region is not null)
        {
            CheckUnchanged(slot, slot.StoredSha256, Digest(slot.Stored.Span));
            CheckUnchanged(slot, OutsideDigest(slot.Stored.Span, region), OutsideDigest(quantized.Samples, region));
        }

        return new CompositeSlice(
            slot.Slice,
            region is null ? SliceKind.Synthetic : SliceKind.Repaired,
            quantized.Samples,
            region?.Count ?? prediction.Voxels.Length,
            quantized.ClampedVoxels,
            slot.HasSamples ? slot.StoredSha256 ?? Digest(slot.Stored.Span) : null,
            Digest(quantized.Samples),
            method,
            region is null ? prediction.SourceSlices : [.. prediction.SourceSlices.Append(slot.Slice).Distinct().Order()])
        {
            Rescale = quantized.Rescale,
        };
    }

    private static SlicePrediction PredictionOf(int slice, Dictionary<int, SlicePrediction> predictions) =>
        predictions.GetValueOrDefault(slice)
        ?? throw new InpaintException(ErrorCode.PredictionNotFinite, string.Create(CultureInfo.InvariantCulture, $"Masked slice {slice} has no prediction."));

    private static void CheckUnchanged(SliceSlot slot, string? expected, string found)
    {
        if (expected is not null && expected != found)
        {
            throw new InpaintException(ErrorCode.VisibleVoxelChanged, string.Create(
                CultureInfo.InvariantCulture, $"Visible samples of slice {slot.Slice} ({slot.Source?.Source}) changed: SHA-256 {expected[..12]} expected, {found[..12]} found. Nothing is written."));
        }
    }

    private static string Digest(ReadOnlySpan<byte> samples) => Convert.ToHexStringLower(SHA256.HashData(samples));

    // Of the samples outside the region, in order.
    private static string OutsideDigest(ReadOnlySpan<byte> samples, RegionMask region)
    {
        int width = samples.Length / region.Masked.Length;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int voxel = 0; voxel < region.Masked.Length;)
        {
            int length = region.Masked[voxel..].IndexOf(true);
            length = length < 0 ? region.Masked.Length - voxel : length;
            hash.AppendData(samples.Slice(voxel * width, length * width));
            voxel += length;
            int skip = region.Masked[voxel..].IndexOf(false);
            voxel += skip < 0 ? region.Masked.Length - voxel : skip;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ImmutableArray<Finding> Clamped(CompositeSlice[] slices, Quantizer quantizer)
    {
        CompositeSlice[] clamped = [.. slices.Where(slice => slice.ClampedVoxels > 0)];
        return clamped.Length == 0 ? [] :
        [
            new Finding
            {
                Code = ErrorCode.VoxelsClamped,
                Severity = FindingSeverity.Info,
                Message = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{clamped.Sum(slice => (long)slice.ClampedVoxels)} predicted voxel(s) in {clamped.Length} slice(s) were limited to the range of the visible slices and a margin."),
                Expected = string.Create(CultureInfo.InvariantCulture, $"{quantizer.SmallestReal:0.###} to {quantizer.LargestReal:0.###}"),
                Found = string.Create(CultureInfo.InvariantCulture, $"slices {string.Join(", ", clamped.Take(20).Select(slice => slice.Slice))}"),
                LikelyCause = "Smooth methods overshoot at edges.",
                Hint = "Nothing to do.",
            },
        ];
    }
}
