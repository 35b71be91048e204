namespace Inpaint.Medical.Core.Interpolation;

/// <summary>The nearest visible slice; of two equally near ones the one before. The only method that goes beyond the ends.</summary>
public sealed class NearestInterpolation : ISliceInterpolation
{
    public string Name => "nearest";

    public string Version => "1";

    public bool Extrapolates => true;

    public void FillWeights(ReadOnlySpan<double> visibleMm, double targetMm, Span<double> weights)
    {
        int nearest = 0;
        for (int i = 1; i < visibleMm.Length; i++)
        {
            if (Math.Abs(visibleMm[i] - targetMm) < Math.Abs(visibleMm[nearest] - targetMm))
            {
                nearest = i;
            }
        }

        weights.Clear();
        weights[nearest] = 1;
    }
}
