namespace Inpaint.Medical.Core.Interpolation;

/// <summary>A classical method: a target slice is a weighted sum of the visible slices, the same at every voxel.</summary>
public interface ISliceInterpolation
{
    /// <summary>As on the command line.</summary>
    string Name { get; }

    /// <summary>Changes whenever a weight changes.</summary>
    string Version { get; }

    /// <summary>Whether the method predicts beyond the first and last visible slice.</summary>
    bool Extrapolates { get; }

    /// <summary>Writes the weight of every visible slice; they add up to one.</summary>
    /// <param name="visibleMm">Positions of the visible slices, mm, strictly increasing, evenly spaced or not.</param>
    /// <param name="targetMm">Position of the target; between two visible ones unless <see cref="Extrapolates"/>.</param>
    /// <param name="weights">As long as <paramref name="visibleMm"/>; no unit.</param>
    void FillWeights(ReadOnlySpan<double> visibleMm, double targetMm, Span<double> weights);
}
