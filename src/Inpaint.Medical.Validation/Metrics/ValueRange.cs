using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Robust range of a volume's values, real units.</summary>
public readonly record struct ValueRange(double Low, double High)
{
    /// <summary>Lowest value of air in HU; CT padding outside the field of view lies below and says nothing.</summary>
    public const float LowestHounsfield = -1024;

    public double Span => High - Low;

    /// <summary>0.5th to 99.8th percentile of all finite voxels (numpy.percentile's linear kind); for a volume that reaches below
    /// −1024 and is CT, or of unknown modality and stored in integers, lower values count as −1024.</summary>
    public static ValueRange Of(BuiltVolume built)
    {
        ArgumentNullException.ThrowIfNull(built);
        bool mayHoldPadding = built.Modality == "CT" || (built.Modality == "OT" && !built.Format.IsFloatingPoint);
        float[] values = new float[(long)built.Volume.SliceCount * built.Volume.Geometry.SliceLength];
        int count = 0;
        for (int slice = 0; slice < built.Volume.SliceCount; slice++)
        {
            foreach (float value in built.Volume.IsPresent(slice) ? built.Volume.Slice(slice) : [])
            {
                if (float.IsFinite(value))
                {
                    values[count++] = mayHoldPadding ? Math.Max(value, LowestHounsfield) : value;
                }
            }
        }

        Span<float> finite = values.AsSpan(0, count);
        return finite.IsEmpty
            ? default
            : new ValueRange(OrderStatistic.PercentileInPlace(finite, 0.5), OrderStatistic.PercentileInPlace(finite, 99.8));
    }
}
