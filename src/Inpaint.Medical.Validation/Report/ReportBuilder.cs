using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Report;

/// <summary>From results to the page: tables from the summary, pictures by rebuilding the slices worth a look once more.</summary>
public static class ReportBuilder
{
    /// <param name="inputs">The inputs of the run; pictures are left out for those that are not there.</param>
    /// <param name="methods">The methods of the run.</param>
    /// <param name="commandLine">As given by the operator.</param>
    public static ReportModel Build(
        ValidationResult result,
        IReadOnlyList<IValidationInput> inputs,
        IReadOnlyList<IVolumeReconstructor> methods,
        string commandLine,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(result);
        ValidationSummary summary = result.Summary;
        var tables = new ReportTables(result);
        MethodSummary shown = ShownMethod(summary);
        var volumes = new List<VolumeReport>();
        foreach (VolumeSummary volume in summary.Volumes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (ImmutableArray<SliceView> slices, ImmutableArray<ReformatView> reformats) = Pictures(
                volume, result, inputs.FirstOrDefault(input => input.Name == volume.Name), methods.FirstOrDefault(method => method.Identity.Name == shown.Name), cancellationToken);
            volumes.Add(new VolumeReport(
                volume.Name, Describe(volume), volume.Shape[0], tables.OfVolume(volume.Name), tables.Strip(volume.Name), slices, reformats));
        }

        (string verdict, bool? isGood) = Verdict(summary, shown);
        return new ReportModel(
            "Validation of missing-slice reconstruction",
            verdict,
            isGood,
            "How well are hidden slices rebuilt, compared with the best interpolation of each volume and gap?",
            Data(summary),
            tables.Overall(),
            tables.Gains(),
            volumes,
            [.. summary.Metrics.Select(metric => new PrintedMetric(metric.Title, metric.Unit, metric.Definition))],
            Provenance(summary),
            commandLine);
    }

    // The method under test; where it declined every volume, or all are baselines, the best of those.
    private static MethodSummary ShownMethod(ValidationSummary summary) =>
        summary.Provenance.Methods.LastOrDefault(method => !method.IsBaseline && MeanPsnr(summary, method) is not null)
        ?? summary.Provenance.Methods.MaxBy(method => MeanPsnr(summary, method) ?? double.MinValue)!;

    private static double? MeanPsnr(ValidationSummary summary, MethodSummary method) => summary.Aggregates
        .FirstOrDefault(row => row.Stratum.Kind == StratumKind.All && row.Method == method.Name && row.Metric == MetricDefinitions.Psnr)?.Mean;

    private static (string Verdict, bool? IsGood) Verdict(ValidationSummary summary, MethodSummary shown)
    {
        (string verdict, bool? isGood) = Compare(summary, shown);
        string declined = string.Concat(summary.Provenance.Methods.Where(method => MeanPsnr(summary, method) is null)
            .Select(method => $"{method.Name} declined every volume ({Modalities(summary)}). "));
        return (declined + verdict, isGood);
    }

    private static (string Verdict, bool? IsGood) Compare(ValidationSummary summary, MethodSummary shown)
    {
        Comparison? gain = summary.Comparisons.FirstOrDefault(row => row is { Stratum.Kind: StratumKind.All, Metric: MetricDefinitions.Psnr, Baseline: Comparison.BestBaseline }
            && row.Method == shown.Name);
        if (gain is null)
        {
            return ($"{shown.Name} was scored on {summary.Volumes.Length} volumes; there is no baseline to compare it with.", null);
        }

        string interval = FormattableString.Invariant(
            $"{gain.MeanGain:+0.00;-0.00} dB (95 % interval {gain.Low95:+0.00;-0.00} … {gain.High95:+0.00;-0.00}) on {gain.Volumes} volumes; worst {gain.WorstGain:+0.00;-0.00} dB on {gain.WorstVolume}");
        if (shown.IsBaseline)
        {
            return ($"{shown.Name} has the highest mean PSNR of the interpolation methods; against the best of the others, volume by volume and gap by gap: {interval}.", null);
        }

        return gain.Low95 > 0 ? ($"{shown.Name} beats the best interpolation by {interval}.", true)
            : gain.High95 < 0 ? ($"{shown.Name} falls behind the best interpolation: {interval}.", false)
            : ($"{shown.Name} is not shown to differ from the best interpolation: {interval}.", null);
    }

    private static string Data(ValidationSummary summary)
    {
        string refused = summary.Refused.IsEmpty ? "" : $" Not scored: {string.Join("; ", summary.Refused.Select(one => one.Message))}";
        return $"{summary.Volumes.Length} volumes ({Modalities(summary)}); hidden: {string.Join(", ", summary.Provenance.Drops)}. PSNR range: 0.5th to 99.8th percentile of each volume; scores after rounding to stored values, in real units.{refused}";
    }

    private static string Modalities(ValidationSummary summary) => string.Join(", ", summary.Volumes.GroupBy(volume => volume.Modality)
        .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}"));

    private static string Describe(VolumeSummary volume) => FormattableString.Invariant(
        $"{volume.Modality}, {volume.Shape[0]} slices of {volume.Shape[1]}×{volume.Shape[2]}, spacing {volume.SpacingMm[0]:0.###} × {volume.SpacingMm[1]:0.###} × {volume.SpacingMm[2]:0.###} mm, {volume.StoredType}, range {volume.RangeLow:0.#} … {volume.RangeHigh:0.#}");

    private static List<KeyValuePair<string, string>> Provenance(ValidationSummary summary)
    {
        SummaryProvenance provenance = summary.Provenance;
        return
        [
            new(provenance.Product, provenance.Version),
            .. provenance.Methods.Select(method => KeyValuePair.Create(
                $"Method {method.Name}", method.WeightsSha256 is null ? $"version {method.Version}" : $"version {method.Version}, weights SHA-256 {method.WeightsSha256}")),
            new("Seed", FormattableString.Invariant($"{provenance.Seed}")),
            new("Bootstrap draws", FormattableString.Invariant($"{provenance.BootstrapDraws}")),
            new("Plan SHA-256", provenance.PlanSha256),
            new("Summary made again by", provenance.Command),
            .. summary.Volumes.Select(volume => KeyValuePair.Create($"Input {volume.Name}", $"SHA-256 {volume.Sha256}")),
        ];
    }

    private static (ImmutableArray<SliceView> Slices, ImmutableArray<ReformatView> Reformats) Pictures(
        VolumeSummary volume, ValidationResult result, IValidationInput? input, IVolumeReconstructor? method, CancellationToken cancellationToken)
    {
        if (input is null || method is null)
        {
            return ([], []);
        }

        try
        {
            BuiltVolume truth = input.Load();
            return new ReportPictures(volume, truth, result, method, cancellationToken).Take();
        }
        catch (InpaintException)
        {
            // The input was there for the scores and is gone now: the page shows what there is.
            return ([], []);
        }
    }
}
