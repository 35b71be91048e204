using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Core.Selection;

/// <summary>The choice that the pipeline makes for each gap under the method auto, as a method of its own, so that it can be validated like one.</summary>
public sealed class AutoReconstructor : IVolumeReconstructor
{
    private readonly IReadOnlyList<IVolumeReconstructor> _methods;

    // The gaps of one series share what is found out on its left-out slices.
    private readonly ConditionalWeakTable<SliceMask, MethodSelection> _selections = [];

    /// <param name="methods">As in <see cref="InferStage.Run"/>.</param>
    public AutoReconstructor(IReadOnlyList<IVolumeReconstructor> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        _methods = methods;
        MethodIdentity? learned = methods.Select(method => method.Identity).FirstOrDefault(identity => identity.IsLearned);
        Identity = new MethodIdentity(InferStage.Auto, string.Join(", ", methods.Select(method => $"{method.Identity.Name} {method.Identity.Version}")), learned?.WeightsSha256);
    }

    public MethodIdentity Identity { get; }

    public bool CanPredict(ReconstructionRequest request, int slice) => _methods.Any(method => method.CanPredict(request, slice));

    /// <inheritdoc/>
    public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        MethodSelection selection = _selections.GetValue(request.Mask, _ => new MethodSelection(request, _methods));
        return [.. InferStage.Groups(request.Mask).Where(group => group.Any(request.Targets.Contains))
            .SelectMany(group => Predict(selection, group, request, cancellationToken)).OrderBy(prediction => prediction.Slice)];
    }

    private static IReadOnlyList<SlicePrediction> Predict(
        MethodSelection selection, ImmutableArray<int> group, ReconstructionRequest request, CancellationToken cancellationToken)
    {
        Selected chosen;
        lock (selection)
        {
            chosen = selection.Choose(group, cancellationToken);
        }

        return chosen.Method.Reconstruct(request with { Targets = [.. group.Where(request.Targets.Contains)] }, cancellationToken);
    }
}
