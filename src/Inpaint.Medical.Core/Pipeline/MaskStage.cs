using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 4 of 9, Mask.</summary>
public static class MaskStage
{
    public static SliceMask Run(BuiltVolume built, Protocol protocol, RunOptions options) => throw new NotImplementedException();
}
