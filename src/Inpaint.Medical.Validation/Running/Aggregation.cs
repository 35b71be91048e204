using System.Collections.Immutable;
using Inpaint.Medical.Validation.Statistics;

namespace Inpaint.Medical.Validation.Running;

/// <summary>From rows of slices to the summary.</summary>
internal static class Aggregation
{
    public static ValidationSummary Summarize(
        ResultPlan plan,
        string planSha256,
        ImmutableArray<VolumeSummary> volumes,
        ImmutableArray<RefusedInput> refused,
        ImmutableArray<SliceScore> slices)
    {
        var bootstrap = new Bootstrap(plan.Seed, plan.BootstrapDraws);
        var aggregates = ImmutableArray.CreateBuilder<Aggregate>();
        var comparisons = ImmutableArray.CreateBuilder<Comparison>();
        foreach ((Stratum stratum, Func<SliceScore, bool> belongs) in Strata.Of(plan.Drops, volumes, slices))
        {
            var cells = StratumCells.Of([.. slices.Where(belongs)]);
            aggregates.AddRange(Aggregates(stratum, plan, cells, bootstrap));
            comparisons.AddRange(Comparisons.Of(stratum, plan, cells, bootstrap));
        }

        ImmutableArray<CaseSummary> cases = Cases(plan, slices);
        HashSet<string> used = [.. cases.SelectMany(one => one.Scores.Keys)];
        return new ValidationSummary
        {
            Provenance = new SummaryProvenance(
                "Inpaint.Medical", plan.Version, Command(plan), plan.Seed, plan.BootstrapDraws, plan.Drops, plan.Methods, planSha256),
            Metrics = [.. MetricDefinitions.All.Where(metric => used.Contains(metric.Name))],
            Volumes = volumes,
            Refused = refused,
            Cases = cases,
            Aggregates = aggregates.ToImmutable(),
            Comparisons = comparisons.ToImmutable(),
        };
    }

    private static ImmutableArray<CaseSummary> Cases(ResultPlan plan, ImmutableArray<SliceScore> slices) =>
    [
        .. slices
            .GroupBy(row => (row.Volume, row.Drop, row.Gap, row.Method))
            .Select(group => new CaseSummary(
                group.Key.Volume,
                group.Key.Drop,
                group.Key.Gap,
                group.Key.Method,
                group.Count(),
                group.Count(row => !row.IsPredicted),
                group.Where(row => row.IsPredicted).Sum(row => (long)row.Voxels),
                PooledScores.Of(group)))
            .OrderBy(one => plan.Inputs.IndexOf(one.Volume))
            .ThenBy(one => plan.Drops.IndexOf(one.Drop))
            .ThenBy(one => one.Gap)
            .ThenBy(one => MethodOrder(plan, one.Method)),
    ];

    private static IEnumerable<Aggregate> Aggregates(Stratum stratum, ResultPlan plan, StratumCells cells, Bootstrap bootstrap)
    {
        foreach (MethodSummary method in plan.Methods)
        {
            foreach (MetricDefinition metric in MetricDefinitions.All)
            {
                double[] values = [.. plan.Inputs.Select(volume => cells.VolumeMean(volume, method.Name, metric.Name)).OfType<double>()];
                if (values.Length == 0)
                {
                    continue;
                }

                (double low, double high) = bootstrap.MeanInterval(values);
                yield return new Aggregate(
                    stratum, method.Name, metric.Name, values.Length, values.Average(), low, high,
                    MathNet.Numerics.Statistics.Statistics.Median(values), values.Min(), values.Max());
            }
        }
    }

    private static int MethodOrder(ResultPlan plan, string name) => plan.Methods.Select(method => method.Name).ToList().IndexOf(name);

    private static string Command(ResultPlan plan) => string.Join(' ',
    [
        "inpaint validate INPUTS",
        .. plan.Drops.Select(drop => $"--drop {drop}"),
        $"--method {string.Join(',', plan.Methods.Select(method => method.Name))}",
        FormattableString.Invariant($"--seed {plan.Seed} -o DIR"),
    ]);
}
