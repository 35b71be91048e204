using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 5 of 9, Infer.</summary>
public static class InferStage
{
    public static Inference Run(BuiltVolume built, SliceMask mask, Protocol protocol, RunOptions options, IReadOnlyList<IVolumeReconstructor> methods, CancellationToken cancellationToken) => throw new NotImplementedException();
}
