namespace Inpaint.Medical.Core.Selection;

/// <summary>How sure it is that one method's error is below another's, from resampled blocks.</summary>
public static class BlockBootstrap
{
    private const int Resamples = 1000;

    // Fixed: the same errors give the same decision on every machine.
    private const ulong Seed = 0x9E3779B97F4A7C15;

    /// <summary>Lower bound of the gain of one method over another, dB, that holds with 90 % confidence (one-sided, percentile).</summary>
    /// <param name="reference">Sums of squared errors of the method to beat, [blocks].</param>
    /// <param name="challenger">Sums of squared errors of the other, [blocks].</param>
    /// <remarks>Efron and Tibshirani, An Introduction to the Bootstrap, 13. Blocks keep neighbouring pixels, which err alike, together.</remarks>
    public static double LowerGainDb(ReadOnlySpan<double> reference, ReadOnlySpan<double> challenger)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(challenger.Length, reference.Length);
        var gains = new double[Resamples];
        ulong state = Seed;
        for (int resample = 0; resample < Resamples; resample++)
        {
            double referenceSum = 0, challengerSum = 0;
            for (int draw = 0; draw < reference.Length; draw++)
            {
                int block = (int)(Next(ref state) % (ulong)reference.Length);
                referenceSum += reference[block];
                challengerSum += challenger[block];
            }

            gains[resample] = GainDb(referenceSum, challengerSum);
        }

        Array.Sort(gains);
        return gains[Resamples / 10];
    }

    /// <summary>10 log₁₀ of the ratio of errors; 0 where both are nought.</summary>
    public static double GainDb(double reference, double challenger) =>
        reference == challenger ? 0 : 10 * Math.Log10(reference / challenger);

    // SplitMix64 (Steele, Lea, Flood 2014).
    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
