namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Laplacian of Gaussian of an image, σ = 1.5 pixels, for the high-frequency error norm.</summary>
/// <remarks>
/// Source of the metric: Ravishankar and Bresler, IEEE Trans. Medical Imaging 30 (2011) 1028. The filter is that of
/// scipy.ndimage.gaussian_laplace: 13 taps, the image reflected at its edges.
/// </remarks>
public static class HighFrequency
{
    private const int Radius = 6;

    private static readonly double[] Smooth = GaussianTaps.Smooth(1.5, Radius);
    private static readonly double[] Second = GaussianTaps.SecondDerivative(1.5, Radius);

    /// <summary>‖LoG(image − truth)‖ / ‖LoG(truth)‖; NaN where the truth is flat.</summary>
    public static double ErrorNorm(ReadOnlySpan<float> truth, ReadOnlySpan<float> image, int rows, int columns)
    {
        double[] t = Doubles.Of(truth);
        double[] error = Doubles.Difference(Doubles.Of(image), t);
        return Math.Sqrt(Energy(error, rows, columns, []) / Energy(t, rows, columns, []));
    }

    /// <summary>Sum of the squares of the filtered image over the voxels that <paramref name="region"/> names, or all if it is empty.</summary>
    internal static double Energy(double[] image, int rows, int columns, ReadOnlySpan<bool> region)
    {
        int wide = columns + (2 * Radius);
        double energy = 0;
        foreach (RowBand band in RowBand.Of(rows))
        {
            double[] padded = Reflect(image, rows, columns, band);
            double[] vertical = SeparableFilter.Valid(padded, wide, Second, Smooth);
            double[] horizontal = SeparableFilter.Valid(padded, wide, Smooth, Second);
            for (int row = 0; row < band.Count; row++)
            {
                ReadOnlySpan<bool> inRegion = region.IsEmpty ? [] : region.Slice((band.First + row) * columns, columns);
                energy += RowEnergy(vertical.AsSpan(row * wide, columns), horizontal.AsSpan(row * wide, columns), inRegion);
            }

            Scratch.Return(padded, vertical, horizontal);
        }

        return energy;
    }

    private static double RowEnergy(ReadOnlySpan<double> vertical, ReadOnlySpan<double> horizontal, ReadOnlySpan<bool> region)
    {
        double energy = 0;
        for (int i = 0; i < vertical.Length; i++)
        {
            if (region.IsEmpty || region[i])
            {
                double value = vertical[i] + horizontal[i];
                energy += value * value;
            }
        }

        return energy;
    }

    // The band with Radius rows and columns more on each side: d c b a | a b c d | d c b a
    private static double[] Reflect(double[] image, int rows, int columns, RowBand band)
    {
        int wide = columns + (2 * Radius);
        double[] padded = Scratch.Rent((band.Count + (2 * Radius)) * wide);
        for (int row = 0; row < band.Count + (2 * Radius); row++)
        {
            ReadOnlySpan<double> from = image.AsSpan(Inside(band.First + row - Radius, rows) * columns, columns);
            Span<double> to = padded.AsSpan(row * wide, wide);
            from.CopyTo(to[Radius..]);
            for (int i = 0; i < Radius; i++)
            {
                to[i] = from[Inside(i - Radius, columns)];
                to[Radius + columns + i] = from[Inside(columns + i, columns)];
            }
        }

        return padded;
    }

    private static int Inside(int index, int length)
    {
        int period = 2 * length;
        int wrapped = ((index % period) + period) % period;
        return wrapped < length ? wrapped : period - 1 - wrapped;
    }
}
