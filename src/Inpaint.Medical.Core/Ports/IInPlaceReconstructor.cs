using System.Collections.Immutable;

namespace Inpaint.Medical.Core.Ports;

/// <summary>A method that can write a prediction into memory that it is given, so that many trials need none of their own.</summary>
public interface IInPlaceReconstructor : IVolumeReconstructor
{
    /// <summary>Predicts one slice of <see cref="ReconstructionRequest.Targets"/>.</summary>
    /// <param name="voxels">Real units, [rows × columns], overwritten; for a partial slice only the masked voxels count.</param>
    /// <returns>Slices whose voxels influenced the prediction, ascending.</returns>
    ImmutableArray<int> FillInPlace(ReconstructionRequest request, int slice, Span<float> voxels);
}
