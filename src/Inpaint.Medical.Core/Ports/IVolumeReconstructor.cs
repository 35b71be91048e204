using System.Collections.Immutable;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Ports;

/// <summary>Which method made a voxel.</summary>
/// <param name="Name">As on the command line: linear, cubic, spline, transformer.</param>
/// <param name="Version">Of the implementation or model.</param>
/// <param name="WeightsSha256">Digest of the weights; null for classical methods.</param>
public sealed record MethodIdentity(string Name, string Version, string? WeightsSha256 = null)
{
    public bool IsLearned => WeightsSha256 is not null;
}

/// <summary>What a method is asked: predict the masked voxels of the target slices from what the mask leaves visible.</summary>
/// <param name="Volume">Real units, [slices, rows, columns].</param>
/// <param name="Mask">A method never looks at a voxel that this masks.</param>
/// <param name="Targets">Masked slices to predict, ascending; whole or partial.</param>
/// <param name="Modality">MR, CT, …; a learned method may refuse what it was not trained on.</param>
public sealed record ReconstructionRequest(Volume Volume, SliceMask Mask, ImmutableArray<int> Targets, string Modality)
{
    /// <summary>Real value outside the field of view, which nobody is judged by; null if there is none.</summary>
    public float? Padding { get; init; }

    /// <summary>Whether standard errors are asked for; a method may have none. They cost time.</summary>
    public bool WithSigma { get; init; }
}

/// <summary>A predicted slice.</summary>
/// <param name="Slice">Target slice.</param>
/// <param name="Voxels">Real units, [rows × columns]; for a partial slice only the masked voxels count.</param>
/// <param name="SourceSlices">Slices whose voxels influenced the prediction, ascending.</param>
/// <param name="Sigma">Standard deviation of the error, real units, [rows × columns]; null where none was asked for or the method gives none.</param>
public sealed record SlicePrediction(int Slice, ReadOnlyMemory<float> Voxels, ImmutableArray<int> SourceSlices, ReadOnlyMemory<float>? Sigma = null);

/// <summary>A method that predicts masked slices: interpolation or transformer. Deterministic; thread-safe.</summary>
public interface IVolumeReconstructor
{
    MethodIdentity Identity { get; }

    /// <summary>Whether the method can predict this target: enough visible slices on the sides that it needs.</summary>
    bool CanPredict(ReconstructionRequest request, int slice);

    /// <summary>One prediction for each target, in order.</summary>
    IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken);
}
