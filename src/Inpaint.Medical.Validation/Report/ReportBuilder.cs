using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Report;

/// <summary>From results to the page: tables from the summary, pictures of the slices worth a look. The same results and pictures give the same page.</summary>
public static class ReportBuilder
{
    public static ReportModel Build(ValidationResult result, IPictureSource pictures)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(pictures);
        ValidationSummary summary = result.Summary;
        var tables = new ReportTables(result);
        MethodSummary shown = ShownMethod(summary);
        var volumes = new List<VolumeReport>();
        foreach (VolumeSummary volume in summary.Volumes)
        {
            VolumePictures seen = pictures.Of(volume, shown.Name);
            volumes.Add(new VolumeReport(
                volume.Name, Describe(volume), volume.Shape[0], tables.OfVolume(volume.Name), tables.Strip(volume.Name), seen.Slices, seen.Reformats));
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
            summary.Provenance.Command);
    }

    /// <summary>
    /// Names of the methods that the page of all shards may show, as far as this one can tell: those under test that scored here, else
    /// the baselines.
    /// </summary>
    internal static IEnumerable<string> Candidates(ValidationSummary summary)
    {
        MethodSummary[] scored = [.. summary.Provenance.Methods.Where(method => MeanPsnr(summary, method) is not null)];
        return scored.Where(method => !method.IsBaseline || scored.All(other => other.IsBaseline)).Select(method => method.Name);
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
            return ($"{shown.Name} was scored on {HtmlText.Counted(summary.Volumes.Length, "volume")}; there is no baseline to compare it with.", null);
        }

        string interval = FormattableString.Invariant(
            $"{gain.MeanGain:+0.00;-0.00} dB (95 % interval {gain.Low95:+0.00;-0.00} … {gain.High95:+0.00;-0.00}) on {HtmlText.Counted(gain.Volumes, "volume")}; worst {gain.WorstGain:+0.00;-0.00} dB on {gain.WorstVolume}");
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
        return $"{HtmlText.Counted(summary.Volumes.Length, "volume")} ({Modalities(summary)}); hidden: {string.Join(", ", summary.Provenance.Drops)}. PSNR range: 0.5th to 99.8th percentile of each volume; scores after rounding to stored values, in real units.{refused}";
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
            .. summary.Volumes.Select(volume => KeyValuePair.Create($"Input {volume.Name}", $"SHA-256 {volume.Sha256}")),
        ];
    }
}
