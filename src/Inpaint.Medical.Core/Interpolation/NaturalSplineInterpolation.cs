namespace Inpaint.Medical.Core.Interpolation;

/// <summary>The cubic spline through all visible slices, with no curvature at the ends (natural spline).</summary>
/// <remarks>
/// The spline's value is linear in the slices: value = a·y + c·m, where the curvatures m solve the symmetric tridiagonal system
/// T m = R y (de Boor, A Practical Guide to Splines, IV). So the weights are a + Rᵀ T⁻¹ c: one tridiagonal solution a target.
/// </remarks>
public sealed class NaturalSplineInterpolation : ISliceInterpolation
{
    public string Name => "spline";

    public string Version => "1";

    public bool Extrapolates => false;

    public void FillWeights(ReadOnlySpan<double> visibleMm, double targetMm, Span<double> weights)
    {
        int after = InterpolationWeights.FirstAfter(visibleMm, targetMm);
        int before = after - 1;
        double step = visibleMm[after] - visibleMm[before];
        double t = (targetMm - visibleMm[before]) / step;
        weights.Clear();
        weights[before] = 1 - t;
        weights[after] = t;

        // Weight of the curvature at each visible slice; those at the two ends are zero by definition.
        var curvature = new double[visibleMm.Length];
        double s = 1 - t;
        curvature[before] = ((s * s * s) - s) * step * step / 6;
        curvature[after] = ((t * t * t) - t) * step * step / 6;
        SolveInPlace(visibleMm, curvature);
        for (int i = 1; i < visibleMm.Length - 1; i++)
        {
            double left = 1 / (visibleMm[i] - visibleMm[i - 1]);
            double right = 1 / (visibleMm[i + 1] - visibleMm[i]);
            weights[i - 1] += curvature[i] * left;
            weights[i] -= curvature[i] * (left + right);
            weights[i + 1] += curvature[i] * right;
        }
    }

    // Rows (h[i-1]/6, (h[i-1]+h[i])/3, h[i]/6) for the interior slices: diagonally dominant, so no pivoting is needed.
    private static void SolveInPlace(ReadOnlySpan<double> x, Span<double> values)
    {
        int last = x.Length - 2;
        var upper = new double[x.Length];
        for (int i = 1; i <= last; i++)
        {
            double lower = i == 1 ? 0 : (x[i] - x[i - 1]) / 6;
            double pivot = ((x[i + 1] - x[i - 1]) / 3) - (lower * upper[i - 1]);
            upper[i] = i == last ? 0 : (x[i + 1] - x[i]) / 6 / pivot;
            values[i] = (values[i] - (i == 1 ? 0 : lower * values[i - 1])) / pivot;
        }

        for (int i = last - 1; i >= 1; i--)
        {
            values[i] -= upper[i] * values[i + 1];
        }
    }
}
