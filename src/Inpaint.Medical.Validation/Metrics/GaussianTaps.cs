namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Sampled Gaussians as scipy.ndimage has them.</summary>
internal static class GaussianTaps
{
    /// <summary>exp(−x² / 2σ²) for x = −radius … radius, adding up to 1.</summary>
    public static double[] Smooth(double sigma, int radius)
    {
        var taps = new double[(2 * radius) + 1];
        double sum = 0;
        for (int x = -radius; x <= radius; x++)
        {
            taps[x + radius] = Math.Exp(-0.5 * x * x / (sigma * sigma));
            sum += taps[x + radius];
        }

        for (int i = 0; i < taps.Length; i++)
        {
            taps[i] /= sum;
        }

        return taps;
    }

    /// <summary>The second derivative of the continuous Gaussian at the same places: (x²/σ⁴ − 1/σ²) times the smooth taps.</summary>
    public static double[] SecondDerivative(double sigma, int radius)
    {
        double[] taps = Smooth(sigma, radius);
        double variance = sigma * sigma;
        for (int x = -radius; x <= radius; x++)
        {
            taps[x + radius] *= ((x * x / variance) - 1) / variance;
        }

        return taps;
    }
}
