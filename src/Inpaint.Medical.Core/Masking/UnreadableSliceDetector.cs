using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Masking;

/// <summary>Slices whose pixels were cut off or cannot be decoded.</summary>
public sealed class UnreadableSliceDetector : ISliceDetector
{
    public IEnumerable<DetectedSlice> Detect(BuiltVolume built)
    {
        ArgumentNullException.ThrowIfNull(built);
        return built.Slots
            .Where(slot => slot.Defect != ErrorCode.None)
            .Select(slot => new DetectedSlice(slot.Slice, slot.Defect, slot.DefectDetail ?? "The pixels cannot be decoded."));
    }
}
