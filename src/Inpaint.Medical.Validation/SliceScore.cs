namespace Inpaint.Medical.Validation;

/// <summary>Scores of one method on the hidden voxels of one slice: a row of slices.csv. Sums, so that slices can be pooled.</summary>
public sealed record SliceScore
{
    public required string Volume { get; init; }

    /// <summary>The drop as written.</summary>
    public required string Drop { get; init; }

    public required string Method { get; init; }

    /// <summary>Zero-based slice of the volume.</summary>
    public required int Slice { get; init; }

    /// <summary>Length of the run of hidden slices; 0 for a region inside the slice.</summary>
    public required int Gap { get; init; }

    /// <summary>Third of the series: first, middle, last.</summary>
    public required string Position { get; init; }

    /// <summary>Distance to the nearest visible slice in mm; 0 for a region.</summary>
    public required double NearestVisibleMm { get; init; }

    /// <summary>False where the method cannot predict the slice; then there are no scores.</summary>
    public required bool IsPredicted { get; init; }

    /// <summary>Hidden voxels.</summary>
    public required int Voxels { get; init; }

    /// <summary>Voxels of the whole volume, for the score that counts copies.</summary>
    public required long VolumeVoxels { get; init; }

    /// <summary>RangeHigh − RangeLow of the volume.</summary>
    public required double Range { get; init; }

    /// <summary>Sum of squared errors over the hidden voxels, real units squared.</summary>
    public double SquaredError { get; init; }

    /// <summary>Sum of absolute errors, real units.</summary>
    public double AbsoluteError { get; init; }

    /// <summary>Hidden voxels whose true value is above RangeLow + 5 % of the range.</summary>
    public int ForegroundVoxels { get; init; }

    public double ForegroundSquaredError { get; init; }

    /// <summary>Mean absolute error of the worst 1 % of the voxels, real units.</summary>
    public double WorstOnePercent { get; init; }

    /// <summary>SSIM, 11×11 Gaussian window; null for a slice too small.</summary>
    public double? Ssim { get; init; }

    /// <summary>SSIM, 7×7 uniform window; null for a slice too small.</summary>
    public double? SsimUniform { get; init; }

    /// <summary>Sum of squares of the error's Laplacian of Gaussian.</summary>
    public double HighFrequencyError { get; init; }

    /// <summary>Sum of squares of the truth's Laplacian of Gaussian.</summary>
    public double HighFrequencyTruth { get; init; }

    /// <summary>Noise of the rebuilt slice over the mean noise of its visible neighbours; null for regions.</summary>
    public double? NoiseRatio { get; init; }

    /// <summary>Voxels whose truth lies in the method's 90 % interval; null where it gives none.</summary>
    public int? Covered { get; init; }
}
