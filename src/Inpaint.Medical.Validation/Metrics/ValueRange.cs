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
        var voxels = new RankedVoxels(
            built.Volume, [.. Enumerable.Range(0, built.Volume.SliceCount)], mayHoldPadding ? LowestHounsfield : float.NegativeInfinity);
        return voxels.Count == 0 ? default : new ValueRange(voxels.Percentile(0.5), voxels.Percentile(99.8));
    }
}
