using MathNet.Numerics.Statistics;

namespace Inpaint.Medical.Validation.Statistics;

/// <summary>95 % percentile bootstrap of a mean (Efron 1979): units drawn with replacement.</summary>
/// <remarks>
/// Draw b of unit i takes unit <see cref="SplitMix64.Index"/> of one generator seeded with the seed; draws follow one another, units
/// within a draw first. Sets of equal size get equal draws. Limits are the 2.5th and 97.5th percentile with linear interpolation
/// (numpy's and scipy.stats.bootstrap's "percentile").
/// </remarks>
public sealed class Bootstrap(ulong seed, int draws)
{
    private readonly Dictionary<int, int[]> _indices = [];

    /// <summary>Interval of the mean of the values; the value itself twice where there is only one.</summary>
    public (double Low, double High) MeanInterval(ReadOnlySpan<double> values)
    {
        if (!_indices.TryGetValue(values.Length, out int[]? indices))
        {
            _indices[values.Length] = indices = Draw(values.Length);
        }

        var means = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            double sum = 0;
            foreach (int index in indices.AsSpan(draw * values.Length, values.Length))
            {
                sum += values[index];
            }

            means[draw] = sum / values.Length;
        }

        Array.Sort(means);
        return (SortedArrayStatistics.QuantileCustom(means, 0.025, QuantileDefinition.R7),
            SortedArrayStatistics.QuantileCustom(means, 0.975, QuantileDefinition.R7));
    }

    private int[] Draw(int count)
    {
        var generator = new SplitMix64(seed);
        var indices = new int[draws * count];
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = generator.Index(count);
        }

        return indices;
    }
}
