namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Noise of an image from a mask that is blind to straight edges and ramps.</summary>
/// <remarks>Source: Immerkær, Computer Vision and Image Understanding 64 (1996) 300.</remarks>
public static class NoiseEstimate
{
    /// <summary>Standard deviation of the noise in the image's unit; 0 for an image of fewer than 3 rows or columns.</summary>
    /// <param name="image">[rows × columns].</param>
    public static double Of(ReadOnlySpan<float> image, int rows, int columns)
    {
        if (rows < 3 || columns < 3)
        {
            return 0;
        }

        double sum = 0;
        for (int row = 1; row < rows - 1; row++)
        {
            ReadOnlySpan<float> above = image.Slice((row - 1) * columns, columns);
            ReadOnlySpan<float> here = image.Slice(row * columns, columns);
            ReadOnlySpan<float> below = image.Slice((row + 1) * columns, columns);
            double rowSum = 0;
            for (int i = 1; i < columns - 1; i++)
            {
                double laplacian = above[i - 1] + above[i + 1] + below[i - 1] + below[i + 1]
                    - (2.0 * ((double)above[i] + below[i] + here[i - 1] + here[i + 1])) + (4.0 * here[i]);
                rowSum += Math.Abs(laplacian);
            }

            sum += rowSum;
        }

        return Math.Sqrt(Math.PI / 2) * sum / (6.0 * (rows - 2) * (columns - 2));
    }
}
