using System.Globalization;
using System.Numerics;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Composition;

/// <summary>A predicted slice as stored samples.</summary>
/// <param name="Samples">Little endian, [rows × columns].</param>
/// <param name="ClampedVoxels">Predicted voxels that were limited to the allowed range.</param>
internal sealed record QuantizedSlice(byte[] Samples, int ClampedVoxels, Rescale Rescale);

/// <summary>Turns predictions into stored values: inverse rescale, rounding to nearest even, limits, padding.</summary>
internal sealed class Quantizer
{
    // Predictions may leave the range of the visible slices by so much of it: a peak may lie between two slices.
    private const double Margin = 0.05;

    private readonly BuiltVolume _built;
    private readonly SliceMask _mask;
    private readonly bool _isPaddingFarOff;

    public Quantizer(BuiltVolume built, SliceMask mask)
    {
        _built = built;
        _mask = mask;
        (float smallest, float largest) = RangeOf(built, mask);
        double width = (double)largest - smallest;
        SmallestReal = smallest - (Margin * width);
        LargestReal = largest + (Margin * width);
        _isPaddingFarOff = built.Format.PaddingValue is { } padding
            && built.Slots.Where(slot => slot.HasSamples).Take(1).Any(slot => Real(padding, slot.Rescale) < SmallestReal || Real(padding, slot.Rescale) > LargestReal);
    }

    /// <summary>Least value that a prediction may have, real units.</summary>
    public double SmallestReal { get; }

    public double LargestReal { get; }

    /// <param name="region">Voxels to replace; null for the whole slice.</param>
    public QuantizedSlice Quantize(SliceSlot slot, SlicePrediction prediction, RegionMask? region)
    {
        PixelFormat format = _built.Format;
        SliceSlot reference = AcquiredSlices.Nearest(_built, _mask, slot.Slice);
        Rescale rescale = region is null ? reference.Rescale : slot.Rescale;
        byte[] samples = region is null ? new byte[prediction.Voxels.Length * format.BytesPerSample] : slot.Stored.ToArray();
        (double least, double most) = Limits(format, rescale);
        (SliceSlot? before, SliceSlot? after) = AcquiredSlices.Around(_built, _mask, slot.Slice);
        ReadOnlySpan<float> predicted = prediction.Voxels.Span;
        ReadOnlySpan<bool> masked = region is null ? default : region.Masked;
        int clamped = 0;
        for (int voxel = 0; voxel < predicted.Length; voxel++)
        {
            if (!masked.IsEmpty && !masked[voxel])
            {
                continue;
            }

            if (!float.IsFinite(predicted[voxel]))
            {
                throw new InpaintException(ErrorCode.PredictionNotFinite, string.Create(
                    CultureInfo.InvariantCulture, $"The prediction of slice {slot.Slice} is not finite at voxel {voxel}."));
            }

            double real = predicted[voxel];
            if (format.PaddingValue is { } padding && AtPadding(before, after, slot.Slice, voxel, padding, ref real))
            {
                StoredSamples.Write(samples, voxel, format, padding);
                continue;
            }

            double stored = (real - rescale.Intercept) / rescale.Slope;
            stored = format.IsFloatingPoint ? stored : Math.Round(stored);
            double allowed = Math.Clamp(stored, least, most);
            clamped += allowed == stored ? 0 : 1;
            StoredSamples.Write(samples, voxel, format, allowed);
        }

        return new QuantizedSlice(samples, clamped, rescale);
    }

    // Padding on both sides is padding. Where it lies on one side only and far from all real values, nothing in between means
    // anything: the nearer side decides.
    private bool AtPadding(SliceSlot? before, SliceSlot? after, int slice, int voxel, long padding, ref double real)
    {
        if (before is null || after is null)
        {
            return (before ?? after) is { } only && IsPadding(only, voxel, padding);
        }

        bool isBefore = IsPadding(before, voxel, padding), isAfter = IsPadding(after, voxel, padding);
        if (isBefore == isAfter || !_isPaddingFarOff)
        {
            return isBefore && isAfter;
        }

        var positions = _built.Volume.Geometry.SlicePositionsMm;
        bool beforeIsNearer = positions[slice] - positions[before.Slice] <= positions[after.Slice] - positions[slice];
        if (beforeIsNearer ? isBefore : isAfter)
        {
            return true;
        }

        real = _built.Volume.Slice(beforeIsNearer ? before.Slice : after.Slice)[voxel];
        return false;
    }

    private bool IsPadding(SliceSlot slot, int voxel, long padding) => StoredSamples.Read(slot.Stored.Span, voxel, _built.Format) == padding;

    // What the format holds and what the series' own range allows, as stored values.
    private (double Least, double Most) Limits(PixelFormat format, Rescale rescale)
    {
        (double least, double most) = StoredSamples.Range(format);
        double a = (SmallestReal - rescale.Intercept) / rescale.Slope, b = (LargestReal - rescale.Intercept) / rescale.Slope;
        double low = format.IsFloatingPoint ? Math.Min(a, b) : Math.Floor(Math.Min(a, b));
        double high = format.IsFloatingPoint ? Math.Max(a, b) : Math.Ceiling(Math.Max(a, b));
        return (Math.Clamp(low, least, most), Math.Clamp(high, least, most));
    }

    private static (float Smallest, float Largest) RangeOf(BuiltVolume built, SliceMask mask)
    {
        float smallest = float.PositiveInfinity, largest = float.NegativeInfinity;
        object both = new();
        Parallel.ForEach(built.Slots.Where(slot => slot.HasSamples && mask.IsVisible(slot.Slice)), slot =>
        {
            float? padding = built.Format.PaddingValue is { } value ? (float)Real(value, slot.Rescale) : null;
            (float least, float most) = RangeOf(built.Volume.Slice(slot.Slice), padding);
            lock (both)
            {
                smallest = Math.Min(smallest, least);
                largest = Math.Max(largest, most);
            }
        });
        return smallest <= largest ? (smallest, largest) : (float.MinValue, float.MaxValue);
    }

    private static (float Least, float Most) RangeOf(ReadOnlySpan<float> voxels, float? padding)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        int i = 0;
        if (padding is null && voxels.Length >= Vector<float>.Count)
        {
            Vector<float> leasts = new(voxels), mosts = leasts;
            for (i = Vector<float>.Count; i + Vector<float>.Count <= voxels.Length; i += Vector<float>.Count)
            {
                var some = new Vector<float>(voxels[i..]);
                leasts = Vector.Min(leasts, some);
                mosts = Vector.Max(mosts, some);
            }

            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                least = Math.Min(least, leasts[lane]);
                most = Math.Max(most, mosts[lane]);
            }
        }

        foreach (float voxel in voxels[i..])
        {
            if (voxel != padding)
            {
                least = Math.Min(least, voxel);
                most = Math.Max(most, voxel);
            }
        }

        return (least, most);
    }

    private static double Real(double stored, Rescale rescale) => (stored * rescale.Slope) + rescale.Intercept;
}
