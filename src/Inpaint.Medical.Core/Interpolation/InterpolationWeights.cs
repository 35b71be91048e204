namespace Inpaint.Medical.Core.Interpolation;

/// <summary>
/// The classical methods as weights of the visible slices: value at the target = sum of weight × slice, at every voxel. Positions are
/// mm along the slice normal, strictly increasing.
/// </summary>
public static class InterpolationWeights
{
    private static readonly NearestInterpolation NearestMethod = new();
    private static readonly LinearInterpolation LinearMethod = new();
    private static readonly CubicInterpolation CubicMethod = new();
    private static readonly NaturalSplineInterpolation SplineMethod = new();

    /// <summary>Nearest visible slice. Weights, [visible].</summary>
    public static double[] Nearest(ReadOnlySpan<double> visibleMm, double targetMm) => Of(NearestMethod, visibleMm, targetMm);

    /// <summary>Linear interpolation. Weights, [visible].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The target does not lie between the first and last visible slice.</exception>
    public static double[] Linear(ReadOnlySpan<double> visibleMm, double targetMm) => Of(LinearMethod, visibleMm, targetMm);

    /// <summary>4-point Lagrange on uneven positions; 3 points beside an end, 2 where there are no more. Weights, [visible].</summary>
    /// <inheritdoc cref="Linear" path="/exception"/>
    public static double[] Cubic(ReadOnlySpan<double> visibleMm, double targetMm) => Of(CubicMethod, visibleMm, targetMm);

    /// <summary>Natural cubic spline through all visible slices. Weights, [visible].</summary>
    /// <inheritdoc cref="Linear" path="/exception"/>
    public static double[] NaturalSpline(ReadOnlySpan<double> visibleMm, double targetMm) => Of(SplineMethod, visibleMm, targetMm);

    /// <summary>Weights of any method, [visible].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The method does not extrapolate and the target lies outside the visible slices.</exception>
    public static double[] Of(ISliceInterpolation method, ReadOnlySpan<double> visibleMm, double targetMm)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (!Reaches(method, visibleMm, targetMm))
        {
            throw new ArgumentOutOfRangeException(nameof(targetMm), targetMm, "The target must lie between visible slices.");
        }

        var weights = new double[visibleMm.Length];
        method.FillWeights(visibleMm, targetMm, weights);
        return weights;
    }

    /// <summary>Whether the method can predict the target from these slices.</summary>
    public static bool Reaches(ISliceInterpolation method, ReadOnlySpan<double> visibleMm, double targetMm)
    {
        ArgumentNullException.ThrowIfNull(method);
        return visibleMm.Length > 0
            && (method.Extrapolates || (visibleMm.Length > 1 && visibleMm[0] <= targetMm && targetMm <= visibleMm[^1]));
    }

    /// <summary>Index of the slice that ends the interval with the target in it: 1 … visible − 1.</summary>
    internal static int FirstAfter(ReadOnlySpan<double> visibleMm, double targetMm)
    {
        int after = visibleMm.BinarySearch(targetMm);
        return Math.Clamp(after < 0 ? ~after : after, 1, visibleMm.Length - 1);
    }
}
