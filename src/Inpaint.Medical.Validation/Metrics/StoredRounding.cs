using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Validation.Metrics;

/// <summary>What remains of a prediction once it is stored: rounded to the nearest stored value and clamped to the stored type.</summary>
public static class StoredRounding
{
    /// <summary>Rounds in place.</summary>
    /// <param name="voxels">Real units.</param>
    public static void RoundInPlace(Span<float> voxels, PixelFormat format, Rescale rescale)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (format.IsFloatingPoint)
        {
            return;
        }

        double greatest = Math.Pow(2, format.IsSigned ? format.BitsStored - 1 : format.BitsStored) - 1;
        double least = format.IsSigned ? -greatest - 1 : 0;
        for (int i = 0; i < voxels.Length; i++)
        {
            double stored = Math.Clamp(Math.Round((voxels[i] - rescale.Intercept) / rescale.Slope), least, greatest);
            voxels[i] = (float)((stored * rescale.Slope) + rescale.Intercept);
        }
    }
}
