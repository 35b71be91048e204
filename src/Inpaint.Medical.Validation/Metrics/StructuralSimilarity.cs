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
        if (truth.Length / columns < _taps.Length || columns < _taps.Length)
        {
            return new Reference(truth, [], []);
        }

        return new Reference(truth, Window(truth, columns), WindowOfProduct(truth, truth, columns));
    }

    /// <summary>Mean over the voxels that <paramref name="region"/> names, or over all if it is empty; null where there are none.</summary>
    internal double? Mean(Reference reference, double[] image, int rows, int columns, double range, ReadOnlySpan<bool> region)
    {
        if (!Fits(rows, columns))
        {
            return null;
        }

        double[] meanX = reference.Mean;
        double[] squareX = reference.Square;
        double[] meanY = Window(image, columns);
        double[] squareY = WindowOfProduct(image, image, columns);
        double[] product = WindowOfProduct(reference.Image, image, columns);
        double c1 = 0.01 * range * 0.01 * range;
        double c2 = 0.03 * range * 0.03 * range;
        double sum = 0;
        long count = 0;
        for (int row = 0; row < rows - (2 * Border); row++)
        {
            double rowSum = 0;
            for (int column = 0; column < columns - (2 * Border); column++)
            {
                if (!region.IsEmpty && !region[((row + Border) * columns) + column + Border])
                {
                    continue;
                }

                int i = (row * columns) + column;
                double ux = meanX[i];
                double uy = meanY[i];
                double vx = _covarianceFactor * (squareX[i] - (ux * ux));
                double vy = _covarianceFactor * (squareY[i] - (uy * uy));
                double vxy = _covarianceFactor * (product[i] - (ux * uy));
                rowSum += ((2 * ux * uy) + c1) * ((2 * vxy) + c2) / (((ux * ux) + (uy * uy) + c1) * (vx + vy + c2));
                count++;
            }

            sum += rowSum;
        }

        Scratch.Return(meanY, squareY, product);
        return count == 0 ? null : sum / count;
    }

    private double[] WindowOfProduct(double[] a, double[] b, int columns)
    {
        double[] product = Doubles.Product(a, b);
        double[] window = Window(product, columns);
        Scratch.Return(product);
        return window;
    }

    private double[] Window(double[] image, int columns) => SeparableFilter.Valid(image, columns, _taps, _taps);

    /// <summary>What depends on the true image alone.</summary>
    internal sealed record Reference(double[] Image, double[] Mean, double[] Square)
    {
        /// <summary>Gives the filtered images back; the image itself stays the caller's.</summary>
        public void Return() => Scratch.Return(Mean, Square);
    }
}
