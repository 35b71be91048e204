namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Structural similarity of two images, 2-D, as scikit-image's structural_similarity computes it.</summary>
/// <remarks>Source: Wang, Bovik, Sheikh and Simoncelli, IEEE Trans. Image Processing 13 (2004) 600. K1 = 0.01, K2 = 0.03.</remarks>
public sealed class StructuralSimilarity
{
    private readonly double[] _taps;
    private readonly double _covarianceFactor;

    private StructuralSimilarity(double[] taps, double covarianceFactor)
    {
        _taps = taps;
        _covarianceFactor = covarianceFactor;
    }

    /// <summary>Gaussian window of σ 1.5 and 11×11, population covariance: the paper's own choice.</summary>
    public static StructuralSimilarity Gaussian { get; } = new(GaussianTaps.Smooth(1.5, 5), 1);

    /// <summary>Uniform window of 7×7, sample covariance: scikit-image's defaults.</summary>
    public static StructuralSimilarity Uniform { get; } = new([.. Enumerable.Repeat(1 / 7.0, 7)], 49 / 48.0);

    private int Border => _taps.Length / 2;

    /// <summary>Whether the window fits into the image.</summary>
    public bool Fits(int rows, int columns) => Math.Min(rows, columns) >= _taps.Length;

    /// <summary>Mean over the image without its border of half a window.</summary>
    /// <param name="truth">[rows × columns].</param>
    /// <param name="range">Span of the values, same unit.</param>
    public double Mean(ReadOnlySpan<float> truth, ReadOnlySpan<float> image, int rows, int columns, double range)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(truth.Length, rows * columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Length, rows * columns);
        return Mean(ReferenceOf(Doubles.Of(truth), columns), Doubles.Of(image), rows, columns, range, [])
            ?? throw new ArgumentException($"The image is smaller than the window of {_taps.Length}.", nameof(rows));
    }

    internal Reference ReferenceOf(double[] truth, int columns)
    {
        int rows = truth.Length / columns;
        if (!Fits(rows, columns))
        {
            return new Reference(truth, [], []);
        }

        int valid = (rows - (2 * Border)) * columns;
        var reference = new Reference(truth, Scratch.Rent(valid), Scratch.Rent(valid));
        foreach (RowBand band in RowBand.Of(rows - (2 * Border)))
        {
            ReadOnlySpan<double> image = band.With(2 * Border).In(truth, columns);
            Keep(Window(image, columns), reference.Mean.AsSpan(band.First * columns));
            Keep(WindowOfProduct(image, image, columns), reference.Square.AsSpan(band.First * columns));
        }

        return reference;
    }

    /// <summary>Mean over the voxels that <paramref name="region"/> names, or over all if it is empty; null where there are none.</summary>
    internal double? Mean(Reference reference, double[] image, int rows, int columns, double range, ReadOnlySpan<bool> region)
    {
        if (!Fits(rows, columns))
        {
            return null;
        }

        double sum = 0;
        long count = 0;
        foreach (RowBand band in RowBand.Of(rows - (2 * Border)))
        {
            ReadOnlySpan<double> part = band.With(2 * Border).In(image, columns);
            double[] mean = Window(part, columns);
            double[] square = WindowOfProduct(part, part, columns);
            double[] product = WindowOfProduct(band.With(2 * Border).In(reference.Image, columns), part, columns);
            for (int row = 0; row < band.Count; row++)
            {
                int at = (band.First + row) * columns;
                ReadOnlySpan<bool> inRegion = region.IsEmpty ? [] : region.Slice(at + (Border * columns) + Border, columns - (2 * Border));
                sum += RowSum(reference.Mean.AsSpan(at), reference.Square.AsSpan(at), mean.AsSpan(row * columns), square.AsSpan(row * columns),
                    product.AsSpan(row * columns), columns - (2 * Border), range, inRegion, ref count);
            }

            Scratch.Return(mean, square, product);
        }

        return count == 0 ? null : sum / count;
    }

    private double RowSum(
        ReadOnlySpan<double> meanX, ReadOnlySpan<double> squareX, ReadOnlySpan<double> meanY, ReadOnlySpan<double> squareY, ReadOnlySpan<double> product,
        int columns, double range, ReadOnlySpan<bool> region, ref long count)
    {
        double c1 = 0.01 * range * 0.01 * range;
        double c2 = 0.03 * range * 0.03 * range;
        double sum = 0;
        for (int i = 0; i < columns; i++)
        {
            if (!region.IsEmpty && !region[i])
            {
                continue;
            }

            double ux = meanX[i];
            double uy = meanY[i];
            double vx = _covarianceFactor * (squareX[i] - (ux * ux));
            double vy = _covarianceFactor * (squareY[i] - (uy * uy));
            double vxy = _covarianceFactor * (product[i] - (ux * uy));
            sum += ((2 * ux * uy) + c1) * ((2 * vxy) + c2) / (((ux * ux) + (uy * uy) + c1) * (vx + vy + c2));
            count++;
        }

        return sum;
    }

    private static void Keep(double[] window, Span<double> place)
    {
        window.CopyTo(place);
        Scratch.Return(window);
    }

    private double[] WindowOfProduct(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int columns)
    {
        double[] product = Doubles.Product(a, b);
        double[] window = Window(product, columns);
        Scratch.Return(product);
        return window;
    }

    private double[] Window(ReadOnlySpan<double> image, int columns) => SeparableFilter.Valid(image, columns, _taps, _taps);

    /// <summary>What depends on the true image alone.</summary>
    internal sealed record Reference(double[] Image, double[] Mean, double[] Square)
    {
        /// <summary>Gives the filtered images back; the image itself stays the caller's.</summary>
        public void Return() => Scratch.Return(Mean, Square);
    }
}
