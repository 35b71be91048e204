using Inpaint.Medical.Validation.Statistics;

namespace Inpaint.Medical.Validation.Running;

/// <summary>Paired gains of every method over every baseline and over the best of them.</summary>
internal static class Comparisons
{
    public static IEnumerable<Comparison> Of(Stratum stratum, ResultPlan plan, StratumCells cells, Bootstrap bootstrap)
    {
        string[] baselines = [.. plan.Methods.Where(method => method.IsBaseline).Select(method => method.Name)];
        foreach (MethodSummary method in plan.Methods)
        {
            // A baseline is compared with the best of the others: with itself among them no baseline could gain.
            string[] others = [.. baselines.Where(baseline => baseline != method.Name)];
            if (others.Length == 0)
            {
                continue;
            }

            foreach (MetricDefinition metric in MetricDefinitions.All.Where(metric => MetricDefinitions.Compared.Contains(metric.Name)))
            {
                foreach (string baseline in others.Append(Comparison.BestBaseline))
                {
                    string[] against = baseline == Comparison.BestBaseline ? others : [baseline];
                    if (GainsByVolume(plan.Inputs, cells, method.Name, against, metric) is { Count: > 0 } gains)
                    {
                        yield return Describe(stratum, method.Name, baseline, metric.Name, gains, bootstrap);
                    }
                }
            }
        }
    }

    /// <summary>Gain by volume: the mean over its gaps of the gain over the best of the baselines there.</summary>
    public static List<(string Volume, double Gain)> GainsByVolume(
        IEnumerable<string> volumes, StratumCells cells, string method, IReadOnlyList<string> baselines, MetricDefinition metric)
    {
        double sign = metric.Direction == MetricDirection.LowerIsBetter ? -1 : 1;
        var gains = new List<(string Volume, double Gain)>();
        foreach (string volume in volumes)
        {
            var byGap = new List<double>();
            foreach (int gap in cells.Gaps(volume))
            {
                double[] scores = [.. baselines
                    .Where(baseline => cells.IsPaired(volume, gap, method, baseline))
                    .Select(baseline => cells.Score(volume, gap, baseline, metric.Name) * sign)
                    .OfType<double>()];
                if (scores.Length > 0 && cells.Score(volume, gap, method, metric.Name) is { } score)
                {
                    byGap.Add((score * sign) - scores.Max());
                }
            }

            if (byGap.Count > 0)
            {
                gains.Add((volume, byGap.Average()));
            }
        }

        return gains;
    }

    private static Comparison Describe(
        Stratum stratum, string method, string baseline, string metric, List<(string Volume, double Gain)> gains, Bootstrap bootstrap)
    {
        double[] values = [.. gains.Select(gain => gain.Gain)];
        (double low, double high) = bootstrap.MeanInterval(values);
        (string worstVolume, double worstGain) = gains.MinBy(gain => gain.Gain);
        return new Comparison(
            stratum, method, baseline, metric, values.Length, values.Average(), low, high,
            WilcoxonSignedRank.PValue(values), values.Count(value => value > 0) / (double)values.Length, worstVolume, worstGain);
    }
}
