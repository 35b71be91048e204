namespace Inpaint.Medical.Core.Interpolation;

/// <summary>The straight line between the visible slices before and after.</summary>
public sealed class LinearInterpolation : ISliceInterpolation
{
    public string Name => "linear";

    public string Version => "1";

    public bool Extrapolates => false;

    public void FillWeights(ReadOnlySpan<double> visibleMm, double targetMm, Span<double> weights)
    {
        int after = InterpolationWeights.FirstAfter(visibleMm, targetMm);
        double t = (targetMm - visibleMm[after - 1]) / (visibleMm[after] - visibleMm[after - 1]);
        weights.Clear();
        weights[after - 1] = 1 - t;
        weights[after] = t;
    }
}
