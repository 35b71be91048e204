using System.Runtime.CompilerServices;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Hosting.Validation;

/// <summary>A method fitted to each series before it predicts, as <c>reconstruct --adapt</c> does, scored as a method of its own.</summary>
public sealed class AdaptingReconstructor(IAdaptableReconstructor method, int seconds) : IVolumeReconstructor
{
    // A series is fitted to once, for all of its gaps.
    private readonly ConditionalWeakTable<SliceMask, Lazy<IVolumeReconstructor>> _fitted = [];

    public MethodIdentity Identity { get; } = method.Identity with
    {
        Name = method.Identity.Name + "-adapted", Version = FormattableString.Invariant($"{method.Identity.Version}, {seconds} s"),
    };

    public bool CanPredict(ReconstructionRequest request, int slice) => method.CanPredict(request, slice);

    /// <inheritdoc/>
    public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _fitted.GetValue(request.Mask, _ => new(() => method.Adapt(request, seconds, cancellationToken).Method)).Value.Reconstruct(request, cancellationToken);
    }
}
