using System.Numerics.Tensors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Torch;

/// <summary>Maps real units to normalised ones: the 0.5 % and 99.8 % quantiles of the visible voxels become 0 and 1.</summary>
/// <param name="Low">Real value of 0.</param>
/// <param name="Width">Real units from 0 to 1; 1 where all visible voxels are equal.</param>
public readonly record struct IntensityRange(float Low, float Width)
{
    /// <summary>CT padding outside the field of view, such as -3024, counts as air.</summary>
    public const float Floor = -1024;

    private const int Samples = 200_003;

    /// <param name="volume">Real units.</param>
    /// <param name="visible">Slices to look at.</param>
    public static IntensityRange Of(Volume volume, IReadOnlyList<int> visible)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(visible);
        int size = volume.Geometry.SliceLength, step = (int)Math.Max(1, (long)size * visible.Count / Samples);
        var sample = new RankedVoxels(volume, visible, Floor, step);
        float low = sample.OfRank((int)(0.005 * (sample.Count - 1))), high = sample.OfRank((int)(0.998 * (sample.Count - 1)));
        return new IntensityRange(low, high > low && float.IsFinite(high - low) ? high - low : 1);
    }

    public float Normalise(float real) => (Math.Max(real, Floor) - Low) / Width;

    /// <summary>Many at once, as <see cref="Normalise(float)"/>; may write over what it reads.</summary>
    public void Normalise(ReadOnlySpan<float> real, Span<float> normalised)
    {
        TensorPrimitives.Max(real, Floor, normalised);
        TensorPrimitives.Subtract(normalised, Low, normalised);
        TensorPrimitives.Divide(normalised, Width, normalised);
    }

    public float Real(float normalised) => (normalised * Width) + Low;
}
