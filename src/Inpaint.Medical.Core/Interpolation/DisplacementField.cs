namespace Inpaint.Medical.Core.Interpolation;

/// <summary>
/// Displacement, in pixels, that carries each point of one slice to its like in the next one, seen from halfway: before(x − d/2) ≈
/// after(x + d/2). Found by symmetric demons on a pyramid.
/// </summary>
/// <remarks>
/// Sources: Thirion, Medical Image Analysis 2 (1998) 243 (force and smoothing); Penney, Schnabel, Rueckert, Viergever and Niessen,
/// IEEE Trans. Medical Imaging 23 (2004) 922 (interpolation between slices by registration).
/// </remarks>
internal sealed class DisplacementField
{
    /// <summary>Parameters of the registration; chosen on training scans, not on those that results are reported for.</summary>
    /// <param name="FieldSigma">Smoothing of the field after every step, pixels.</param>
    /// <param name="ImageSigma">Smoothing of the slices before registration, pixels.</param>
    /// <param name="LargestStep">Longest change of a displacement in one step, pixels.</param>
    /// <param name="NoiseShare">Part of the root mean square gradient below which a gradient counts as noise.</param>
    /// <param name="SmallestSide">No level of the pyramid is smaller, pixels.</param>
    internal sealed record Settings(
        double FieldSigma = 2.0, double ImageSigma = 0.7, float LargestStep = 0.5f, float NoiseShare = 0.2f, int SmallestSide = 48,
        int CoarseIterations = 12, int FineIterations = 6);

    // Keeps the force of two equal flat slices at 0.
    private const float Least = 1e-12f;

    private DisplacementField(float[] down, float[] right)
    {
        Down = down;
        Right = right;
    }

    /// <summary>Along the rows' index, [rows × columns], pixels.</summary>
    public float[] Down { get; }

    /// <summary>Along the columns' index, [rows × columns], pixels.</summary>
    public float[] Right { get; }

    /// <summary>Registers two slices of equal shape.</summary>
    public static DisplacementField Between(float[] before, float[] after, int rows, int columns, Settings settings)
    {
        float[] a = Finite(before);
        float[] b = Finite(after);
        PlaneFilter.SmoothInPlace(a, rows, columns, settings.ImageSigma);
        PlaneFilter.SmoothInPlace(b, rows, columns, settings.ImageSigma);
        return Solve(a, b, rows, columns, isFinest: true, settings);
    }

    // A voxel without a value pulls nowhere.
    private static float[] Finite(float[] image) => [.. image.Select(value => float.IsFinite(value) ? value : 0)];

    private static DisplacementField Solve(float[] a, float[] b, int rows, int columns, bool isFinest, Settings settings)
    {
        DisplacementField field;
        if (Math.Min(rows, columns) >= 2 * settings.SmallestSide)
        {
            DisplacementField coarse = Solve(
                PlaneFilter.Halve(a, rows, columns), PlaneFilter.Halve(b, rows, columns), (rows + 1) / 2, (columns + 1) / 2, isFinest: false, settings);
            field = new DisplacementField(
                PlaneFilter.DoubleField(coarse.Down, rows, columns), PlaneFilter.DoubleField(coarse.Right, rows, columns));
        }
        else
        {
            field = new DisplacementField(new float[a.Length], new float[a.Length]);
        }

        field.Refine(a, b, rows, columns, isFinest ? settings.FineIterations : settings.CoarseIterations, settings);
        return field;
    }

    private void Refine(float[] a, float[] b, int rows, int columns, int iterations, Settings settings)
    {
        var warpedA = new float[a.Length];
        var warpedB = new float[a.Length];
        float noise = settings.NoiseShare * settings.NoiseShare * MeanSquareGradient(a, b, rows, columns);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            PlaneFilter.Warp(a, rows, columns, Down, Right, -0.5f, warpedA);
            PlaneFilter.Warp(b, rows, columns, Down, Right, 0.5f, warpedB);
            Step(warpedA, warpedB, rows, columns, noise, settings.LargestStep);
            PlaneFilter.SmoothInPlace(Down, rows, columns, settings.FieldSigma);
            PlaneFilter.SmoothInPlace(Right, rows, columns, settings.FieldSigma);
        }
    }

    // Demons' force: difference × gradient / (|gradient|² + difference² / (2 × step)²), at most one step long.
    private void Step(float[] a, float[] b, int rows, int columns, float noise, float largestStep)
    {
        float damping = 1 / (4 * largestStep * largestStep);
        for (int row = 0; row < rows; row++)
        {
            int above = Math.Max(row - 1, 0) * columns;
            int below = Math.Min(row + 1, rows - 1) * columns;
            for (int column = 0; column < columns; column++)
            {
                int i = (row * columns) + column;
                int left = (row * columns) + Math.Max(column - 1, 0);
                int right = (row * columns) + Math.Min(column + 1, columns - 1);
                float down = 0.25f * (a[below + column] - a[above + column] + b[below + column] - b[above + column]);
                float across = 0.25f * (a[right] - a[left] + b[right] - b[left]);
                float difference = a[i] - b[i];
                float force = difference / ((down * down) + (across * across) + (difference * difference * damping) + noise + Least);
                Down[i] += force * down;
                Right[i] += force * across;
            }
        }
    }

    private static float MeanSquareGradient(float[] a, float[] b, int rows, int columns)
    {
        double sum = 0;
        for (int row = 1; row < rows; row++)
        {
            for (int column = 1; column < columns; column++)
            {
                int i = (row * columns) + column;
                double down = 0.5 * (a[i] - a[i - columns] + b[i] - b[i - columns]);
                double across = 0.5 * (a[i] - a[i - 1] + b[i] - b[i - 1]);
                sum += (down * down) + (across * across);
            }
        }

        return (float)(sum / a.Length);
    }
}
