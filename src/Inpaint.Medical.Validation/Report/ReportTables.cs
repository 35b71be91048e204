using System.Collections.Immutable;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Report;

/// <summary>Rows of the page's tables and points of its plots.</summary>
internal sealed class ReportTables
{
    private static readonly MetricDefinition Psnr = MetricDefinitions.All.First(metric => metric.Name == MetricDefinitions.Psnr);

    private readonly ValidationSummary _summary;
    private readonly ImmutableArray<SliceScore> _slices;
    private readonly ImmutableArray<string> _baselines;

    public ReportTables(ValidationResult result)
    {
        _summary = result.Summary;
        _slices = result.Slices;
        _baselines = [.. _summary.Provenance.Methods.Where(method => method.IsBaseline).Select(method => method.Name)];
    }

    /// <summary>One row for each stratum and method that has scores there.</summary>
    public ImmutableArray<ResultRow> Overall()
    {
        ILookup<(Stratum Stratum, string Method), Aggregate> aggregates = _summary.Aggregates.ToLookup(row => (row.Stratum, row.Method));
        var rows = ImmutableArray.CreateBuilder<ResultRow>();
        foreach ((Stratum stratum, Func<SliceScore, bool> belongs) in Strata.Of(_summary.Provenance.Drops, _summary.Volumes, _slices))
        {
            foreach (MethodSummary method in _summary.Provenance.Methods)
            {
                Dictionary<string, Aggregate> byMetric = aggregates[(stratum, method.Name)].ToDictionary(row => row.Metric);
                if (byMetric.Count == 0)
                {
                    continue;
                }

                Comparison? gain = _summary.Comparisons.FirstOrDefault(row => row.Stratum == stratum && row.Method == method.Name
                    && row.Metric == MetricDefinitions.Psnr && row.Baseline == Comparison.BestBaseline);
                Interval Of(string metric) => byMetric.TryGetValue(metric, out Aggregate? row) ? new Interval(row.Mean, row.Low95, row.High95) : Absent;
                int slices = _slices.Count(row => row.IsPredicted && row.Method == method.Name && belongs(row));
                rows.Add(Row(stratum.Name, method.Name, byMetric.Values.Max(row => row.Volumes), slices, Of) with
                {
                    GainOverBest = gain is null ? null : new Interval(gain.MeanGain, gain.Low95, gain.High95),
                    WinRate = gain?.WinRate,
                    WilcoxonP = gain?.WilcoxonP,
                    WorstVolume = gain?.WorstVolume,
                    WorstVolumeGain = gain?.WorstGain,
                });
            }
        }

        return rows.ToImmutable();
    }

    /// <summary>One row for each drop, gap and method of a volume.</summary>
    public ImmutableArray<ResultRow> OfVolume(string volume) =>
    [
        .. _summary.Cases
            .Where(one => one.Volume == volume && one.Scores.Count > 0)
            .Select(one => Row(
                $"{one.Drop}, {Strata.GapName(one.Gap)}",
                one.Method,
                1,
                one.Slices - one.NotPredicted,
                metric => one.Scores.TryGetValue(metric, out double score) ? new Interval(score, double.NaN, double.NaN) : Absent)),
    ];

    /// <summary>Gain over the best baseline by volume, for every gap.</summary>
    public ImmutableArray<GainPoint> Gains()
    {
        var points = ImmutableArray.CreateBuilder<GainPoint>();
        foreach ((Stratum stratum, Func<SliceScore, bool> belongs) in Strata.Of(_summary.Provenance.Drops, _summary.Volumes, _slices)
            .Where(one => one.Stratum.Kind == StratumKind.Gap))
        {
            var cells = StratumCells.Of([.. _slices.Where(belongs)]);
            foreach (MethodSummary method in _summary.Provenance.Methods)
            {
                string[] others = [.. _baselines.Where(baseline => baseline != method.Name)];
                points.AddRange(Comparisons.GainsByVolume(_summary.Volumes.Select(volume => volume.Name), cells, method.Name, others, Psnr)
                    .Select(gain => new GainPoint(stratum.Name, gain.Volume, method.Name, gain.Gain)));
            }
        }

        return points.ToImmutable();
    }

    /// <summary>PSNR of every rebuilt slice along the series.</summary>
    public ImmutableArray<StripPoint> Strip(string volume) =>
    [
        .. _slices
            .Where(row => row.Volume == volume && row.IsPredicted && row.Range > 0)
            .Select(row => new StripPoint(row.Drop, row.Method, row.Slice, PooledScores.Psnr(row.SquaredError, row.Voxels, row.Range))),
    ];

    private static Interval Absent => new(double.NaN, double.NaN, double.NaN);

    private static ResultRow Row(string stratum, string method, int volumes, int slices, Func<string, Interval> of) => new(
        stratum,
        method,
        volumes,
        slices,
        of(MetricDefinitions.Psnr),
        of(MetricDefinitions.PsnrForeground),
        of(MetricDefinitions.Ssim),
        of(MetricDefinitions.SsimUniform),
        of(MetricDefinitions.Mae),
        of(MetricDefinitions.Rmse),
        of(MetricDefinitions.Hfen),
        of(MetricDefinitions.NoiseRatio),
        of(MetricDefinitions.WorstOnePercent),
        null,
        null,
        null,
        null,
        null,
        double.IsNaN(of(MetricDefinitions.Coverage).Mean) ? null : of(MetricDefinitions.Coverage).Mean,
        of(MetricDefinitions.PsnrWithCopied).Mean);
}
