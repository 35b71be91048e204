namespace Inpaint.Medical.Core.Interpolation;

/// <summary>
/// The polynomial through the two visible slices before and the two after, at their true positions (Lagrange's form). Near an end,
/// where one of them is lacking, the parabola through three.
/// </summary>
public sealed class CubicInterpolation : ISliceInterpolation
{
    public string Name => "cubic";

    public string Version => "1";

    public bool Extrapolates => false;

    public void FillWeights(ReadOnlySpan<double> visibleMm, double targetMm, Span<double> weights)
    {
        int after = InterpolationWeights.FirstAfter(visibleMm, targetMm);
        int first = Math.Max(after - 2, 0);
        int last = Math.Min(after + 1, visibleMm.Length - 1);
        weights.Clear();
        for (int i = first; i <= last; i++)
        {
            double weight = 1;
            for (int other = first; other <= last; other++)
            {
                if (other != i)
                {
                    weight *= (targetMm - visibleMm[other]) / (visibleMm[i] - visibleMm[other]);
                }
            }

            weights[i] = weight;
        }
    }
}
