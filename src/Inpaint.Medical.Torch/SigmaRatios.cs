using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Torch;

/// <summary>How far predictions lie from the truth, in predicted standard errors; collected to scale these.</summary>
internal sealed class SigmaRatios
{
    /// <summary>Half width of a 90 % interval of the normal distribution, in standard deviations.</summary>
    private const double HalfWidth = 1.6448536;

    private const int SamplesPerSlice = 20_011;

    private readonly List<float> ratios = [];

    public bool IsEmpty => ratios.Count == 0;

    /// <summary>Multiplied by this, the standard errors hold nine of ten voxels within prediction ± 1.645 σ.</summary>
    public double Factor
    {
        get
        {
            ratios.Sort();
            return ratios[(int)(0.9 * (ratios.Count - 1))] / HalfWidth;
        }
    }

    /// <summary>Adds voxels spread evenly over a slice.</summary>
    public void Add(SlicePrediction prediction, ReadOnlySpan<float> truth)
    {
        ReadOnlySpan<float> mean = prediction.Voxels.Span, sigma = prediction.Sigma!.Value.Span;
        int count = Math.Min(truth.Length, SamplesPerSlice);
        for (long k = 0; k < count; k++)
        {
            int i = (int)(k * truth.Length / count);
            ratios.Add(Math.Abs(mean[i] - truth[i]) / sigma[i]);
        }
    }
}
