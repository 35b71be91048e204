using System.Collections.Immutable;

namespace Inpaint.Medical.Validation;

/// <summary>
/// What a validation found: summary.json. A function of inputs, drops, methods and seed alone: no times, no folders, so that runs,
/// resumed runs and merged shards give the same bytes.
/// </summary>
public sealed record ValidationSummary
{
    public const string CurrentSchema = "inpaint.medical/validation-summary/1";

    public string Schema { get; init; } = CurrentSchema;

    public required SummaryProvenance Provenance { get; init; }

    /// <summary>Every metric that occurs below, with its definition.</summary>
    public required ImmutableArray<MetricDefinition> Metrics { get; init; }

    public required ImmutableArray<VolumeSummary> Volumes { get; init; }

    /// <summary>Inputs that could not be used, with the reason.</summary>
    public required ImmutableArray<RefusedInput> Refused { get; init; }

    /// <summary>One row for each volume, drop, gap and method, in this order.</summary>
    public required ImmutableArray<CaseSummary> Cases { get; init; }

    /// <summary>Means over volumes for each stratum, method and metric.</summary>
    public required ImmutableArray<Aggregate> Aggregates { get; init; }

    /// <summary>Paired gains over baselines for each stratum, method, baseline and metric.</summary>
    public required ImmutableArray<Comparison> Comparisons { get; init; }
}

/// <summary>What the summary is a function of.</summary>
/// <param name="Command">The command line that gives this summary, without folders, shards and other things that do not matter.</param>
/// <param name="BootstrapDraws">Resamples behind every interval.</param>
/// <param name="PlanSha256">Of inputs, drops, methods, seed and version.</param>
public sealed record SummaryProvenance(
    string Product,
    string Version,
    string Command,
    ulong Seed,
    int BootstrapDraws,
    ImmutableArray<string> Drops,
    ImmutableArray<MethodSummary> Methods,
    string PlanSha256);

/// <param name="WeightsSha256">Null for classical methods.</param>
/// <param name="IsBaseline">Whether other methods are compared with it.</param>
public sealed record MethodSummary(string Name, string Version, string? WeightsSha256, bool IsBaseline);

/// <summary>Which values of a metric are good ones.</summary>
public enum MetricDirection
{
    HigherIsBetter,
    LowerIsBetter,
    NearestToTarget,
}

/// <param name="Name">Key in <see cref="CaseSummary.Scores"/>.</param>
/// <param name="Title">As printed.</param>
/// <param name="Unit">dB, real units of the volume, or empty.</param>
/// <param name="Target">The ideal value where <paramref name="Direction"/> is NearestToTarget.</param>
/// <param name="Definition">One or two sentences with the source.</param>
public sealed record MetricDefinition(
    string Name, string Title, string Unit, MetricDirection Direction, double? Target, string Definition);

/// <summary>One three-dimensional volume; a volume of a 4-D file counts on its own.</summary>
/// <param name="Name">Unique in the summary.</param>
/// <param name="Sha256">Of the input's bytes.</param>
/// <param name="Split">As given by a list file; empty otherwise.</param>
/// <param name="Shape">Slices, rows, columns.</param>
/// <param name="SpacingMm">Between slices, rows, columns.</param>
/// <param name="StoredType">For example Int16.</param>
/// <param name="RangeLow">PSNR and SSIM take RangeHigh − RangeLow as range, real units.</param>
public sealed record VolumeSummary(
    string Name,
    string Sha256,
    string Split,
    string Modality,
    ImmutableArray<int> Shape,
    ImmutableArray<double> SpacingMm,
    string StoredType,
    double RangeLow,
    double RangeHigh);

/// <param name="Code">Number of the error code.</param>
public sealed record RefusedInput(string Name, int Code, string Message);

/// <summary>Scores of one method on the hidden slices of one gap length in one volume under one drop.</summary>
/// <param name="Gap">Length of the runs of hidden slices; 0 for regions inside slices.</param>
/// <param name="NotPredicted">Hidden slices that the method cannot predict (for example beyond an end); they count in no score.</param>
/// <param name="Scores">By metric name; a metric that is not defined here is absent.</param>
public sealed record CaseSummary(
    string Volume,
    string Drop,
    int Gap,
    string Method,
    int Slices,
    int NotPredicted,
    long Voxels,
    ImmutableSortedDictionary<string, double> Scores);

/// <summary>What the cases of a stratum have in common.</summary>
public enum StratumKind
{
    All,
    Gap,
    Drop,
    Position,
    Modality,
    Spacing,
}

/// <summary>Part of the cases.</summary>
/// <param name="Name">all; gap1, gap2, … or region; the drop as written; first, middle or last third of the series; CT, MR, …;
/// thin (below 1.5 mm), medium (below 3 mm) or thick.</param>
public sealed record Stratum(StratumKind Kind, string Name);

/// <summary>A metric's mean over volumes; a volume's value is the mean over its gaps.</summary>
/// <param name="Low95">95 % percentile bootstrap interval of the mean, volumes drawn with replacement.</param>
public sealed record Aggregate(
    Stratum Stratum,
    string Method,
    string Metric,
    int Volumes,
    double Mean,
    double Low95,
    double High95,
    double Median,
    double Least,
    double Greatest);

/// <summary>Paired gain of a method over a baseline: positive where the method is better, whatever the metric's direction.</summary>
/// <param name="Baseline">A method, or "best": the baseline that is best for that metric, volume and gap.</param>
/// <param name="MeanGain">Mean over volumes of the mean over gaps.</param>
/// <param name="WilcoxonP">Two-sided signed-rank test over volumes; null where fewer than two volumes differ.</param>
/// <param name="WinRate">Part of the volumes with a gain above 0.</param>
/// <param name="WorstVolume">The volume of the least gain.</param>
public sealed record Comparison(
    Stratum Stratum,
    string Method,
    string Baseline,
    string Metric,
    int Volumes,
    double MeanGain,
    double Low95,
    double High95,
    double? WilcoxonP,
    double WinRate,
    string WorstVolume,
    double WorstGain)
{
    /// <summary>Name of the baseline that is the best one for each metric, volume and gap.</summary>
    public const string BestBaseline = "best";
}
