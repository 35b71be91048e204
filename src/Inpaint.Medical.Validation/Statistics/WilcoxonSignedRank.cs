using MathNet.Numerics.Distributions;

namespace Inpaint.Medical.Validation.Statistics;

/// <summary>Two-sided signed-rank test of paired differences (Wilcoxon 1945); zeros are dropped.</summary>
public static class WilcoxonSignedRank
{
    /// <summary>Above this number of differences the normal approximation is used, as in SciPy.</summary>
    public const int LargestExact = 50;

    /// <summary>The exact p-value where no two sizes are equal and there are at most 50 differences, else the approximation.</summary>
    /// <returns>Null where fewer than two differences are not zero.</returns>
    public static double? PValue(ReadOnlySpan<double> differences)
    {
        (double[] ranks, bool[] positive) = Rank(differences);
        bool hasTies = ranks.Distinct().Count() < ranks.Length;
        return ranks.Length < 2 ? null
            : ranks.Length <= LargestExact && !hasTies ? ExactOf(ranks, positive)
            : ApproximateOf(ranks, positive);
    }

    /// <summary>Exact distribution of the rank sum; differences without zeros and ties (scipy.stats.wilcoxon, method="exact").</summary>
    public static double Exact(ReadOnlySpan<double> differences)
    {
        (double[] ranks, bool[] positive) = Rank(differences);
        return ExactOf(ranks, positive);
    }

    /// <summary>Normal approximation with the correction for ties, without that for continuity (method="approx").</summary>
    public static double Approximate(ReadOnlySpan<double> differences)
    {
        (double[] ranks, bool[] positive) = Rank(differences);
        return ApproximateOf(ranks, positive);
    }

    private static double ExactOf(double[] ranks, bool[] positive)
    {
        int count = ranks.Length;
        int sum = (int)PositiveSum(ranks, positive);
        int greatest = count * (count + 1) / 2;

        // Each rank is positive or not with equal chance: probabilities of all rank sums by adding one rank after the other.
        var probability = new double[greatest + 1];
        probability[0] = 1;
        for (int rank = 1; rank <= count; rank++)
        {
            for (int s = greatest; s >= 0; s--)
            {
                probability[s] = 0.5 * (probability[s] + (s >= rank ? probability[s - rank] : 0));
            }
        }

        double less = probability.Take(sum + 1).Sum();
        double greater = probability.Skip(sum).Sum();
        return Math.Min(1, 2 * Math.Min(less, greater));
    }

    private static double ApproximateOf(double[] ranks, bool[] positive)
    {
        double count = ranks.Length;
        double plus = PositiveSum(ranks, positive);
        double total = count * (count + 1) / 2;
        double statistic = Math.Min(plus, total - plus);
        double variance = count * (count + 1) * ((2 * count) + 1);
        foreach (IGrouping<double, double> tie in ranks.GroupBy(rank => rank))
        {
            double size = tie.Count();
            variance -= 0.5 * size * ((size * size) - 1);
        }

        double z = (statistic - (total / 2)) / Math.Sqrt(variance / 24);
        return 2 * Normal.CDF(0, 1, -Math.Abs(z));
    }

    private static double PositiveSum(double[] ranks, bool[] positive)
    {
        double sum = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            sum += positive[i] ? ranks[i] : 0;
        }

        return sum;
    }

    // Ranks of the sizes, equal sizes sharing their mean rank.
    private static (double[] Ranks, bool[] Positive) Rank(ReadOnlySpan<double> differences)
    {
        double[] kept = [.. differences.ToArray().Where(difference => difference != 0).OrderBy(Math.Abs)];
        var ranks = new double[kept.Length];
        for (int first = 0; first < kept.Length;)
        {
            int next = first;
            while (next < kept.Length && Math.Abs(kept[next]) == Math.Abs(kept[first]))
            {
                next++;
            }

            for (int i = first; i < next; i++)
            {
                ranks[i] = (first + 1 + next) / 2.0;
            }

            first = next;
        }

        return (ranks, [.. kept.Select(difference => difference > 0)]);
    }
}
