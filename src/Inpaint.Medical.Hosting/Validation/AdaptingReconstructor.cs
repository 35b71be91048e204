using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Inpaint.Medical.Core.Errors;
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
        return _fitted.GetValue(request.Mask, _ => new(() => Fit(request, cancellationToken))).Value.Reconstruct(request, cancellationToken);
    }

    // To all that is hidden, of which the request asks for a part; as reconstruct does, without fitting where that cannot be done.
    private IVolumeReconstructor Fit(ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ImmutableArray<int> hidden = [.. Enumerable.Range(0, request.Volume.SliceCount)
            .Where(slice => !request.Mask.IsVisible(slice) && method.CanPredict(request, slice))];
        try
        {
            return method.Adapt(request with { Targets = hidden }, seconds, cancellationToken).Method;
        }
        catch (InpaintException refusal) when (refusal.Code == ErrorCode.TooFewSlices)
        {
            return method;
        }
    }
}
