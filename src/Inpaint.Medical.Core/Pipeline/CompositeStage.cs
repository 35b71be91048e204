using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 6 of 9, Composite.</summary>
public static class CompositeStage
{
    public static Composite Run(BuiltVolume built, SliceMask mask, Inference inference) => throw new NotImplementedException();
}
