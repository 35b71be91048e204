using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Masking;

/// <summary>A slice that a detector objects to.</summary>
/// <param name="Detail">One sentence for the operator.</param>
public sealed record DetectedSlice(int Slice, ErrorCode Reason, string Detail);

/// <summary>Finds slices with one kind of defect. Detectors run in order; the first that objects to a slice names its reason.</summary>
public interface ISliceDetector
{
    /// <summary>Slices with the defect, ascending.</summary>
    IEnumerable<DetectedSlice> Detect(BuiltVolume built);
}
