using System.Collections.Immutable;

namespace Inpaint.Medical.Validation;

/// <summary>The metrics of the summary, in the order in which they are printed.</summary>
public static class MetricDefinitions
{
    public const string Psnr = "psnr";
    public const string PsnrForeground = "psnr_foreground";
    public const string PsnrWithCopied = "psnr_with_copied";
    public const string Ssim = "ssim";
    public const string SsimUniform = "ssim_uniform";
    public const string Mae = "mae";
    public const string Rmse = "rmse";
    public const string Hfen = "hfen";
    public const string NoiseRatio = "noise_ratio";
    public const string WorstOnePercent = "worst_1_percent";
    public const string Coverage = "coverage_90";

    /// <summary>PSNR of a prediction without error, dB: the logarithm has no value there.</summary>
    public const double PsnrCap = 100;

    public static ImmutableArray<MetricDefinition> All { get; } =
    [
        new(Psnr, "PSNR", "dB", MetricDirection.HigherIsBetter, null,
            "10 log10(range² / mean squared error) over hidden voxels only, after rounding to the stored type. Range: 0.5th to 99.8th percentile of the true volume (CT padding below −1024 counts as −1024). At most 100 dB."),
        new(PsnrForeground, "PSNR, foreground", "dB", MetricDirection.HigherIsBetter, null,
            "PSNR over the hidden voxels whose true value is above the low end of the range by more than 5 % of it: empty background flatters every method."),
        new(PsnrWithCopied, "PSNR, copied slices included", "dB", MetricDirection.HigherIsBetter, null,
            "PSNR over all voxels of the volume, the copied ones with their error of zero. Higher by construction; only for comparison with papers that print it."),
        new(Ssim, "SSIM 11×11", "", MetricDirection.HigherIsBetter, null,
            "Structural similarity (Wang et al. 2004) per slice in 2-D: Gaussian window, σ 1.5, 11×11, K1 0.01, K2 0.03, population covariance, range as for PSNR, a border of 5 voxels left out; mean over slices. Equals scikit-image with gaussian_weights=True, sigma=1.5, use_sample_covariance=False."),
        new(SsimUniform, "SSIM 7×7", "", MetricDirection.HigherIsBetter, null,
            "The same with scikit-image's defaults: uniform 7×7 window, sample covariance, a border of 3 voxels left out."),
        new(Mae, "MAE", "real units", MetricDirection.LowerIsBetter, null, "Mean absolute error over hidden voxels."),
        new(Rmse, "RMSE", "real units", MetricDirection.LowerIsBetter, null, "Root of the mean squared error over hidden voxels."),
        new(Hfen, "HFEN", "", MetricDirection.LowerIsBetter, null,
            "High-frequency error norm (Ravishankar and Bresler 2011): ‖LoG(rebuilt − truth)‖ / ‖LoG(truth)‖ per slice in 2-D with a Laplacian of Gaussian of σ 1.5 (scipy.ndimage.gaussian_laplace)."),
        new(NoiseRatio, "Noise ratio", "", MetricDirection.NearestToTarget, 1,
            "Noise of the rebuilt slice over the mean noise of the visible slices beside it (Immerkær 1996). 1 is consistent; below 1 the rebuilt slice is visibly smoother than its neighbours."),
        new(WorstOnePercent, "Worst 1 %", "real units", MetricDirection.LowerIsBetter, null,
            "Mean absolute error of the 1 % of hidden voxels of a slice with the greatest error; mean over slices."),
        new(Coverage, "Coverage of the 90 % interval", "", MetricDirection.NearestToTarget, 0.9,
            "Part of the hidden voxels whose truth lies within prediction ± 1.645 σ, where the method gives σ."),
    ];

    /// <summary>Metrics for which gains over baselines are computed.</summary>
    public static ImmutableArray<string> Compared { get; } = [Psnr, PsnrForeground, Ssim, SsimUniform, Mae, Rmse, Hfen, WorstOnePercent];
}
