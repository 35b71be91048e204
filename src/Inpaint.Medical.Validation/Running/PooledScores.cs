using System.Collections.Immutable;

namespace Inpaint.Medical.Validation.Running;

/// <summary>Metrics over several slices of one volume.</summary>
internal static class PooledScores
{
    /// <summary>Sums are added before the metric is formed; means are over slices. A metric that is not defined is absent.</summary>
    /// <param name="rows">Of one volume and method; rows without a prediction are passed over.</param>
    public static ImmutableSortedDictionary<string, double> Of(IEnumerable<SliceScore> rows)
    {
        SliceScore[] scored = [.. rows.Where(row => row.IsPredicted)];
        var scores = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        if (scored.Length == 0)
        {
            return scores.ToImmutable();
        }

        double range = scored[0].Range;
        double voxels = scored.Sum(row => (double)row.Voxels);
        double squared = scored.Sum(row => row.SquaredError);
        double foreground = scored.Sum(row => (double)row.ForegroundVoxels);
        double everything = (double)scored[0].VolumeVoxels * scored.Select(row => row.Drop).Distinct().Count();
        scores[MetricDefinitions.Mae] = scored.Sum(row => row.AbsoluteError) / voxels;
        scores[MetricDefinitions.Rmse] = Math.Sqrt(squared / voxels);
        scores[MetricDefinitions.WorstOnePercent] = scored.Average(row => row.WorstOnePercent);
        if (range > 0)
        {
            scores[MetricDefinitions.Psnr] = Psnr(squared, voxels, range);
            scores[MetricDefinitions.PsnrWithCopied] = Psnr(squared, everything, range);
        }

        if (range > 0 && foreground > 0)
        {
            scores[MetricDefinitions.PsnrForeground] = Psnr(scored.Sum(row => row.ForegroundSquaredError), foreground, range);
        }

        double truth = scored.Sum(row => row.HighFrequencyTruth);
        if (truth > 0)
        {
            scores[MetricDefinitions.Hfen] = Math.Sqrt(scored.Sum(row => row.HighFrequencyError) / truth);
        }

        AddMean(scores, MetricDefinitions.Ssim, scored.Select(row => range > 0 ? row.Ssim : null));
        AddMean(scores, MetricDefinitions.SsimUniform, scored.Select(row => range > 0 ? row.SsimUniform : null));
        AddMean(scores, MetricDefinitions.NoiseRatio, scored.Select(row => row.NoiseRatio));
        if (scored.All(row => row.Covered is not null))
        {
            scores[MetricDefinitions.Coverage] = scored.Sum(row => (double)row.Covered!.Value) / voxels;
        }

        return scores.ToImmutable();
    }

    /// <summary>dB; <see cref="MetricDefinitions.PsnrCap"/> where there is no error.</summary>
    public static double Psnr(double squaredError, double voxels, double range) =>
        squaredError == 0 ? MetricDefinitions.PsnrCap : Math.Min(MetricDefinitions.PsnrCap, 10 * Math.Log10(range * range * voxels / squaredError));

    private static void AddMean(ImmutableSortedDictionary<string, double>.Builder scores, string metric, IEnumerable<double?> values)
    {
        if (values.Average() is { } mean)
        {
            scores[metric] = mean;
        }
    }
}
