namespace Inpaint.Medical.Core.Volumes;

/// <summary>Positions along the slice normal, mm.</summary>
public static class SlicePositions
{
    /// <summary>
    /// How far two positions may differ and still count as equal: 1 % of the spacing or 0.01 mm (decimal strings are often written
    /// with two digits), whichever is more, and never more than a quarter of the spacing.
    /// </summary>
    public static double ToleranceMm(double spacingMm) => Math.Min(Math.Max(0.01 * spacingMm, 0.01), 0.25 * spacingMm);

    /// <summary>Numbers the places that the positions lie at, 0 … places − 1 in ascending order.</summary>
    /// <param name="positionsMm">In any order.</param>
    /// <returns>The place of each position, in the order given.</returns>
    public static int[] Places(IReadOnlyList<double> positionsMm)
    {
        ArgumentNullException.ThrowIfNull(positionsMm);
        int[] order = [.. Enumerable.Range(0, positionsMm.Count).OrderBy(i => positionsMm[i])];
        double tolerance = ToleranceMm(TypicalStep([.. order.Select(i => positionsMm[i])]));
        var places = new int[order.Length];
        for (int i = 1; i < order.Length; i++)
        {
            double step = positionsMm[order[i]] - positionsMm[order[i - 1]];
            places[order[i]] = places[order[i - 1]] + (step > tolerance ? 1 : 0);
        }

        return places;
    }

    // Median of the steps that are more than noise; 0 where all positions are one.
    private static double TypicalStep(double[] ascending)
    {
        double[] steps = [.. ascending.Skip(1).Zip(ascending, (next, previous) => next - previous)];
        double noise = steps.DefaultIfEmpty().Max() * 1e-3;
        double[] real = [.. steps.Where(step => step > noise).Order()];
        return real.Length == 0 ? 0 : real[real.Length / 2];
    }
}
