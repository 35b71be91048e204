namespace Inpaint.Medical.Validation.Report;

/// <summary>A mean over volumes with its 95 % bootstrap interval; NaN limits for a value of one volume.</summary>
public sealed record Interval(double Mean, double Low, double High);

/// <summary>What a printed number means: shown beside the numbers.</summary>
public sealed record PrintedMetric(string Name, string Unit, string Definition);

/// <summary>Results of one method in one stratum (a drop specification, a modality, a spacing class).</summary>
/// <param name="Stratum">Shown as a group heading; rows with the same stratum stand together.</param>
/// <param name="PsnrForeground">Over the foreground: empty background flatters every method.</param>
/// <param name="GainOverBest">PSNR gain in dB over the best baseline of each volume; null for the baselines' own reference rows.</param>
/// <param name="WinRate">Share of volumes in which the method beats the best baseline, 0…1.</param>
/// <param name="WilcoxonP">Two-sided signed-rank test of the gains.</param>
/// <param name="PsnrCopiesIncluded">PSNR as papers print that count copied slices too; higher by construction.</param>
/// <param name="Coverage">Share of rebuilt voxels inside the method's 90 % interval; null where it gives none.</param>
public sealed record ResultRow(
    string Stratum,
    string Method,
    int Volumes,
    int Slices,
    Interval Psnr,
    Interval PsnrForeground,
    Interval Ssim11,
    Interval Ssim7,
    Interval Mae,
    Interval Rmse,
    Interval Hfen,
    Interval NoiseConsistency,
    Interval WorstOnePercent,
    Interval? GainOverBest,
    double? WinRate,
    double? WilcoxonP,
    string? WorstVolume,
    double? WorstVolumeGain,
    double? Coverage,
    double PsnrCopiesIncluded);

/// <summary>Gain of one method over the best baseline on one volume, dB.</summary>
public sealed record GainPoint(string Stratum, string Volume, string Method, double GainDb);

/// <summary>An 8-bit grey picture, [rows × columns], already windowed to the volume's robust range.</summary>
/// <param name="PixelAspect">Height of a pixel divided by its width, as it lies in the patient.</param>
public sealed record GreyPicture(int Rows, int Columns, byte[] Pixels, double PixelAspect = 1);

/// <summary>One slice looked at: its visible neighbours, what was rebuilt, the truth, their difference.</summary>
/// <param name="Rank">best, median or worst.</param>
/// <param name="Error">Absolute error, brightest at <paramref name="ErrorScale"/>.</param>
/// <param name="ErrorScale">In real units.</param>
public sealed record SliceView(
    string Rank,
    string Stratum,
    string Method,
    int Slice,
    double PsnrDb,
    GreyPicture? Before,
    GreyPicture? After,
    GreyPicture Rebuilt,
    GreyPicture Truth,
    GreyPicture Error,
    string ErrorScale,
    GreyPicture? Uncertainty);

/// <summary>A cut across the slices through a gap.</summary>
/// <param name="Plane">The plane's name, such as sagittal or coronal.</param>
public sealed record ReformatView(string Plane, string Stratum, string Method, GreyPicture Damaged, GreyPicture Rebuilt, GreyPicture Truth);

/// <summary>Value of one method on one rebuilt slice, for the strip along the series.</summary>
public sealed record StripPoint(string Stratum, string Method, int Slice, double PsnrDb);

/// <summary>One volume: its own table, strip and pictures.</summary>
public sealed record VolumeReport(
    string Name,
    string Description,
    int SliceCount,
    IReadOnlyList<ResultRow> Results,
    IReadOnlyList<StripPoint> Strip,
    IReadOnlyList<SliceView> Slices,
    IReadOnlyList<ReformatView> Reformats);

/// <summary>Everything the page shows, in the order of the page.</summary>
/// <param name="Verdict">One sentence with the number that matters.</param>
/// <param name="IsGood">Whether the verdict is favourable; null when there is nothing to judge.</param>
public sealed record ReportModel(
    string Title,
    string Verdict,
    bool? IsGood,
    string Question,
    string Data,
    IReadOnlyList<ResultRow> Results,
    IReadOnlyList<GainPoint> Gains,
    IReadOnlyList<VolumeReport> Volumes,
    IReadOnlyList<PrintedMetric> Metrics,
    IReadOnlyList<KeyValuePair<string, string>> Provenance,
    string CommandLine);
