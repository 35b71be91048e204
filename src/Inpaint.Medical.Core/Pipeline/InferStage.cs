using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Selection;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 5 of 9, Infer: predicts the masked slices and regions, each by the method that is given or suits it best.</summary>
public static class InferStage
{
    public const string Auto = "auto";

    /// <summary>One prediction for every masked slice, whole or partial.</summary>
    /// <param name="methods">
    /// All that may be used, classical ones from the plainest to the smoothest; of equally good ones the earlier is used.
    /// </param>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.MethodUnknown"/>; <see cref="ErrorCode.NothingVisible"/>; what a method given by name refuses with.
    /// </exception>
    public static Inference Run(
        BuiltVolume built,
        SliceMask mask,
        Protocol protocol,
        RunOptions options,
        IReadOnlyList<IVolumeReconstructor> methods,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(built);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(methods);
        string name = options.Method ?? protocol.Method;
        var selection = new MethodSelection(built, mask, methods, cancellationToken);
        IVolumeReconstructor? given = Given(name, methods);

        Selected[] selected =
        [
            .. Groups(mask).Select(targets => given is null ? selection.Choose(targets) : Use(given, targets, built, mask, options, selection)),
        ];
        var findings = ImmutableArray.CreateBuilder<Finding>();
        findings.AddRange(selected.SelectMany(group => group.Findings));
        Dictionary<int, SlicePrediction> predictions = Predict(selected, built, mask, cancellationToken);
        ReplaceNotFinite(selected, predictions, built, mask, methods, findings, cancellationToken);
        return new Inference(
            [.. predictions.Values.OrderBy(prediction => prediction.Slice)], [.. selected.Select(group => group.Choice)], findings.ToImmutable());
    }

    private static IVolumeReconstructor? Given(string name, IReadOnlyList<IVolumeReconstructor> methods)
    {
        if (name.Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return methods.FirstOrDefault(method => method.Identity.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InpaintException(
                ErrorCode.MethodUnknown,
                $"There is no method '{name}'; use auto, {string.Join(", ", methods.Select(method => method.Identity.Name))}.");
    }

    // Runs of whole slices stay together, partial slices are each their own group.
    private static IEnumerable<ImmutableArray<int>> Groups(SliceMask mask) =>
        mask.Runs().Select(run => Enumerable.Range(run.First, run.Count).ToImmutableArray())
            .Concat(mask.Regions.Keys.Where(slice => mask.Verdicts[slice] == SliceVerdict.Partial).Select(slice => ImmutableArray.Create(slice)))
            .OrderBy(targets => targets[0]);

    private static Selected Use(
        IVolumeReconstructor given, ImmutableArray<int> targets, BuiltVolume built, SliceMask mask, RunOptions options, MethodSelection selection)
    {
        var request = new ReconstructionRequest(built.Volume, mask, targets, built.Modality);
        if (targets.All(target => given.CanPredict(request, target)))
        {
            string reason = options.Method is null ? "The protocol names it." : "It was given by hand.";
            return new Selected(given, new MethodChoice(targets, given.Identity, reason, []), []);
        }

        Selected instead = selection.Choose(targets);
        return instead with
        {
            Findings = instead.Findings.Add(FellBack(ErrorCode.MethodFellBack, targets, given.Identity.Name, instead.Method.Identity.Name, built, "cannot reach these slices from what is visible")),
        };
    }

    // One call a method, so that a learned one can treat its targets together.
    private static Dictionary<int, SlicePrediction> Predict(
        Selected[] selected, BuiltVolume built, SliceMask mask, CancellationToken cancellationToken) =>
        selected
            .GroupBy(group => group.Method)
            .SelectMany(groups => groups.Key.Reconstruct(
                new ReconstructionRequest(built.Volume, mask, [.. groups.SelectMany(group => group.Choice.Targets).Order()], built.Modality),
                cancellationToken))
            .ToDictionary(prediction => prediction.Slice);

    private static void ReplaceNotFinite(
        Selected[] selected,
        Dictionary<int, SlicePrediction> predictions,
        BuiltVolume built,
        SliceMask mask,
        IReadOnlyList<IVolumeReconstructor> methods,
        ImmutableArray<Finding>.Builder findings,
        CancellationToken cancellationToken)
    {
        for (int i = 0; i < selected.Length; i++)
        {
            Selected group = selected[i];
            if (group.Choice.Targets.All(target => IsFinite(predictions[target], mask)))
            {
                continue;
            }

            IVolumeReconstructor[] others = [.. methods.Where(method => !method.Identity.IsLearned && method != group.Method)];
            Selected instead = new MethodSelection(built, mask, others, cancellationToken).Choose(group.Choice.Targets);
            selected[i] = instead with { Choice = instead.Choice with { Reason = $"{group.Method.Identity.Name} gave values that are not finite. {instead.Choice.Reason}" } };
            foreach ((int slice, SlicePrediction prediction) in Predict([instead], built, mask, cancellationToken))
            {
                predictions[slice] = prediction;
            }

            findings.Add(FellBack(
                ErrorCode.PredictionNotFinite, group.Choice.Targets, group.Method.Identity.Name, instead.Method.Identity.Name, built, "gave values that are not finite"));
        }
    }

    private static bool IsFinite(SlicePrediction prediction, SliceMask mask)
    {
        ReadOnlySpan<float> voxels = prediction.Voxels.Span;
        ReadOnlySpan<bool> masked = mask.IsWholeMasked(prediction.Slice) ? default : mask.Regions[prediction.Slice].Masked;
        for (int i = 0; i < voxels.Length; i++)
        {
            if (!float.IsFinite(voxels[i]) && (masked.IsEmpty || masked[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static Finding FellBack(ErrorCode code, ImmutableArray<int> targets, string asked, string used, BuiltVolume built, string why) => new()
    {
        Code = code,
        Severity = FindingSeverity.Warning,
        Message = string.Create(
            CultureInfo.InvariantCulture, $"Slice(s) {string.Join(", ", targets)}: {asked} {why}; {used} is used instead."),
        PositionsMm = [.. targets.Select(target => built.Volume.Geometry.SlicePositionsMm[target])],
        Expected = asked,
        Found = used,
    };
}
