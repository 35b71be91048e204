using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Masking;

/// <summary>Slices of floating-point volumes with a value that is not a number or infinite.</summary>
public sealed class NotFiniteSliceDetector : ISliceDetector
{
    public IEnumerable<DetectedSlice> Detect(BuiltVolume built)
    {
        ArgumentNullException.ThrowIfNull(built);
        if (!built.Format.IsFloatingPoint)
        {
            yield break;
        }

        for (int slice = 0; slice < built.Volume.SliceCount; slice++)
        {
            if (built.Volume.IsPresent(slice) && !built.Volume.IsFinite(slice))
            {
                yield return new DetectedSlice(slice, ErrorCode.SliceNotFinite, "The slice holds values that are not finite.");
            }
        }
    }
}
