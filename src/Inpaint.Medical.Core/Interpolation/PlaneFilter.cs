using System.Numerics;

namespace Inpaint.Medical.Core.Interpolation;

/// <summary>Operations on single images, [rows × columns] in single precision, used by registration.</summary>
internal static class PlaneFilter
{
    /// <summary>Gaussian of a standard deviation in pixels, in place; the edge voxel stands for all beyond it.</summary>
    public static void SmoothInPlace(float[] image, int rows, int columns, double sigma)
    {
        float[] taps = GaussianTaps(sigma);
        int radius = taps.Length / 2;
        var along = new float[image.Length];
        Span<float> padded = new float[columns + (2 * radius)];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = image.AsSpan(row * columns, columns);
            padded[..radius].Fill(from[0]);
            from.CopyTo(padded[radius..]);
            padded[(radius + columns)..].Fill(from[^1]);
            Span<float> to = along.AsSpan(row * columns, columns);
            to.Clear();
            for (int tap = 0; tap < taps.Length; tap++)
            {
                AddScaled(padded.Slice(tap, columns), taps[tap], to);
            }
        }

        for (int row = 0; row < rows; row++)
        {
            Span<float> to = image.AsSpan(row * columns, columns);
            to.Clear();
            for (int tap = 0; tap < taps.Length; tap++)
            {
                int source = Math.Clamp(row + tap - radius, 0, rows - 1);
                AddScaled(along.AsSpan(source * columns, columns), taps[tap], to);
            }
        }
    }

    /// <summary>Every second pixel after a Gaussian of one pixel: [(rows + 1) / 2 × (columns + 1) / 2].</summary>
    public static float[] Halve(float[] image, int rows, int columns)
    {
        float[] smooth = [.. image];
        SmoothInPlace(smooth, rows, columns, 1);
        int halfColumns = (columns + 1) / 2;
        var half = new float[(rows + 1) / 2 * halfColumns];
        for (int i = 0; i < half.Length; i++)
        {
            half[i] = smooth[(2 * (i / halfColumns) * columns) + (2 * (i % halfColumns))];
        }

        return half;
    }

    /// <summary>A field of the half grid on the full one, bilinear, displacements doubled.</summary>
    public static float[] DoubleField(float[] half, int rows, int columns)
    {
        int halfRows = (rows + 1) / 2;
        int halfColumns = (columns + 1) / 2;
        var full = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                full[(row * columns) + column] = 2 * Sample(half, halfRows, halfColumns, row / 2f, column / 2f);
            }
        }

        return full;
    }

    /// <summary>destination(r, c) = image(r + scale × down, c + scale × right), bilinear, clamped to the image.</summary>
    public static void Warp(float[] image, int rows, int columns, float[] down, float[] right, float scale, Span<float> destination)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int i = (row * columns) + column;
                destination[i] = Sample(image, rows, columns, row + (scale * down[i]), column + (scale * right[i]));
            }
        }
    }

    private static float Sample(float[] image, int rows, int columns, float row, float column)
    {
        row = Math.Clamp(row, 0, rows - 1);
        column = Math.Clamp(column, 0, columns - 1);
        int top = Math.Min((int)row, Math.Max(rows - 2, 0));
        int left = Math.Min((int)column, Math.Max(columns - 2, 0));
        float below = row - top;
        float beside = column - left;
        int at = (top * columns) + left;
        int nextRow = rows > 1 ? columns : 0;
        int nextColumn = columns > 1 ? 1 : 0;
        float upper = image[at] + (beside * (image[at + nextColumn] - image[at]));
        float lower = image[at + nextRow] + (beside * (image[at + nextRow + nextColumn] - image[at + nextRow]));
        return upper + (below * (lower - upper));
    }

    private static float[] GaussianTaps(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(2.5 * sigma));
        double[] taps = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(x => Math.Exp(-0.5 * x * x / (sigma * sigma)))];
        double sum = taps.Sum();
        return [.. taps.Select(tap => (float)(tap / sum))];
    }

    private static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> sum)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(sum[i..]) + (new Vector<float>(source[i..]) * factor)).CopyTo(sum[i..]);
        }

        for (; i < sum.Length; i++)
        {
            sum[i] += source[i] * factor;
        }
    }
}
