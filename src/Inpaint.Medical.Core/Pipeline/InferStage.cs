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
        var series = new ReconstructionRequest(built.Volume, NotFiniteVoxels.Hide(built, mask), [], built.Modality) { Padding = built.Padding };
        var selection = new MethodSelection(series, methods);
        IVolumeReconstructor? given = Given(name, methods);

        Selected[] selected =
        [
            .. Groups(mask).Select(targets => given is null
                ? selection.Choose(targets, cancellationToken)
                : Use(given, targets, built, series, options, selection, cancellationToken)),
        ];
        var findings = ImmutableArray.CreateBuilder<Finding>();
        findings.AddRange(selected.SelectMany(group => group.Findings));
        ImmutableArray<Adaptation> adaptations = options.AdaptSeconds > 0 ? Adapt(selected, series, options.AdaptSeconds, findings, cancellationToken) : [];
        Dictionary<int, SlicePrediction> predictions = Predict(selected, series with { WithSigma = options.WithUncertainty }, cancellationToken);
        ReplaceNotFinite(selected, predictions, built, series, methods, findings, cancellationToken);
        if (options.WithUncertainty)
        {
            NameWithoutSigma(given, predictions, built, findings);
        }

        return new Inference(
            [.. predictions.Values.OrderBy(prediction => prediction.Slice)], [.. selected.Select(group => group.Choice)], findings.ToImmutable())
        {
            Adaptations = adaptations,
        };
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

    /// <summary>Targets that one method predicts: runs of whole slices stay together, partial slices are each their own group.</summary>
    internal static IEnumerable<ImmutableArray<int>> Groups(SliceMask mask) =>
        mask.Runs().Select(run => Enumerable.Range(run.First, run.Count).ToImmutableArray())
            .Concat(mask.Regions.Keys.Where(slice => mask.Verdicts[slice] == SliceVerdict.Partial).Select(slice => ImmutableArray.Create(slice)))
            .OrderBy(targets => targets[0]);

    private static Selected Use(
        IVolumeReconstructor given,
        ImmutableArray<int> targets,
        BuiltVolume built,
        ReconstructionRequest series,
        RunOptions options,
        MethodSelection selection,
        CancellationToken cancellationToken)
    {
        ReconstructionRequest request = series with { Targets = targets };
        if (targets.All(target => given.CanPredict(request, target)))
        {
            string reason = options.Method is null ? "The protocol names it." : "It was given by hand.";
            return new Selected(given, new MethodChoice(targets, given.Identity, reason, []), []);
        }

        Selected instead = selection.Choose(targets, cancellationToken);
        return instead with
        {
            Findings = instead.Findings.Add(FellBack(ErrorCode.MethodFellBack, targets, given.Identity.Name, instead.Method.Identity.Name, built, "cannot reach these slices from what is visible")),
        };
    }

    /// <summary>Puts fitted methods in place of those chosen, in <paramref name="selected"/>; the choice itself was made without them.</summary>
    private static ImmutableArray<Adaptation> Adapt(
        Selected[] selected, ReconstructionRequest series, int seconds, ImmutableArray<Finding>.Builder findings, CancellationToken cancellationToken)
    {
        var adaptations = ImmutableArray.CreateBuilder<Adaptation>();
        string? obstacle = "no slice is predicted by a method that can be fitted";
        foreach (IAdaptableReconstructor method in selected.Select(group => group.Method).OfType<IAdaptableReconstructor>().Distinct().ToArray())
        {
            try
            {
                ImmutableArray<int> targets = [.. selected.Where(group => group.Method == method).SelectMany(group => group.Choice.Targets).Order()];
                (IVolumeReconstructor fitted, Adaptation report) = method.Adapt(series with { Targets = targets }, seconds, cancellationToken);
                adaptations.Add(report);
                for (int i = 0; i < selected.Length; i++)
                {
                    selected[i] = selected[i].Method == method
                        ? selected[i] with { Method = fitted, Choice = selected[i].Choice with { Method = fitted.Identity } }
                        : selected[i];
                }

                obstacle = null;
            }
            catch (InpaintException refusal) when (refusal.Code == ErrorCode.TooFewSlices)
            {
                obstacle = refusal.Message;
            }
        }

        if (obstacle is not null)
        {
            findings.Add(new Finding { Code = ErrorCode.NotAdapted, Severity = FindingSeverity.Warning, Message = $"Nothing was fitted to the series: {obstacle}" });
        }

        return adaptations.ToImmutable();
    }

    // One call a method, so that a learned one can treat its targets together.
    private static Dictionary<int, SlicePrediction> Predict(
        Selected[] selected, ReconstructionRequest series, CancellationToken cancellationToken) =>
        selected
            .GroupBy(group => group.Method)
            .SelectMany(groups => groups.Key.Reconstruct(
                series with { Targets = [.. groups.SelectMany(group => group.Choice.Targets).Order()] }, cancellationToken))
            .ToDictionary(prediction => prediction.Slice);

    private static void ReplaceNotFinite(
        Selected[] selected,
        Dictionary<int, SlicePrediction> predictions,
        BuiltVolume built,
        ReconstructionRequest series,
        IReadOnlyList<IVolumeReconstructor> methods,
        ImmutableArray<Finding>.Builder findings,
        CancellationToken cancellationToken)
    {
        for (int i = 0; i < selected.Length; i++)
        {
            Selected group = selected[i];
            if (group.Choice.Targets.All(target => IsFinite(predictions[target], series.Mask)))
            {
                continue;
            }

            IVolumeReconstructor[] others = [.. methods.Where(method => !method.Identity.IsLearned && method != group.Method)];
            Selected instead = new MethodSelection(series, others).Choose(group.Choice.Targets, cancellationToken);
            selected[i] = instead with { Choice = instead.Choice with { Reason = $"{group.Method.Identity.Name} gave values that are not finite. {instead.Choice.Reason}" } };
            foreach ((int slice, SlicePrediction prediction) in Predict([instead], series, cancellationToken))
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

    private static void NameWithoutSigma(
        IVolumeReconstructor? given, Dictionary<int, SlicePrediction> predictions, BuiltVolume built, ImmutableArray<Finding>.Builder findings)
    {
        int[] without = [.. predictions.Values.Where(prediction => prediction.Sigma is null).Select(prediction => prediction.Slice).Order()];
        if (given is not null && without.Length == predictions.Count)
        {
            throw new InpaintException(ErrorCode.UncertaintyNotGiven, $"{given.Identity.Name} gives no standard error here; use --method transformer or auto, or do without --uncertainty.");
        }

        if (without.Length > 0)
        {
            findings.Add(new Finding
            {
                Code = ErrorCode.UncertaintyNotGiven,
                Severity = FindingSeverity.Warning,
                Message = string.Create(CultureInfo.InvariantCulture, $"Slice(s) {string.Join(", ", without)}: the method used gives no standard error."),
                PositionsMm = [.. without.Select(slice => built.Volume.Geometry.SlicePositionsMm[slice])],
                Hint = "There the volume of standard errors holds -1; it is not written where it would hold nothing else.",
            });
        }
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
