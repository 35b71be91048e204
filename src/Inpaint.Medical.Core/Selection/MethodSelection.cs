using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Selection;

/// <summary>A method for a run of masked slices or a partial slice, and why.</summary>
internal sealed record Selected(IVolumeReconstructor Method, MethodChoice Choice, ImmutableArray<Finding> Findings);

/// <summary>
/// Chooses the method for a gap by what it achieves on this very series: visible slices near the gap are left out in the gap's own
/// pattern and predicted by every method. The classical method with the least error wins. A learned method is taken only where it beats
/// that one with 90 % confidence.
/// </summary>
internal sealed class MethodSelection(BuiltVolume built, SliceMask mask, IReadOnlyList<IVolumeReconstructor> methods, CancellationToken cancellationToken)
{
    // Used where a series is too short to leave anything out: it overshoots least.
    private const string WithoutEvidence = "linear";

    // A learned method costs far more than a classical one; the nearest copies of the gap say most.
    private const int LearnedPlacements = 4;

    private readonly float[] _trial = new float[built.Volume.Geometry.SliceLength];

    /// <param name="targets">A run of masked slices, or one partial slice.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NothingVisible"/>: no method can predict the targets.</exception>
    public Selected Choose(ImmutableArray<int> targets)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var request = new ReconstructionRequest(built.Volume, mask, targets, built.Modality);
        IVolumeReconstructor[] able = [.. methods.Where(method => targets.All(target => method.CanPredict(request, target)))];
        IVolumeReconstructor[] classical = [.. able.Where(method => !method.Identity.IsLearned)];
        if (classical.Length == 0)
        {
            throw new InpaintException(
                ErrorCode.NothingVisible, string.Create(CultureInfo.InvariantCulture, $"No method can predict slice {targets[0]}: too few visible slices around it."));
        }

        if (classical.Length == 1)
        {
            return Decide(classical[0], targets, "It is the only method that can reach these slices.", [], findings);
        }

        ImmutableArray<LeftOut> placements = mask.IsWholeMasked(targets[0])
            ? LeftOut.OfRun(built.Volume, mask, new MaskRun(targets[0], targets.Length))
            : LeftOut.OfRegion(built.Volume, mask, targets[0]);
        Trial[] trials = [.. classical.Select(method => TryOn(method, placements)).OfType<Trial>()];
        if (trials.Length == 0)
        {
            IVolumeReconstructor plain = classical.FirstOrDefault(method => method.Identity.Name == WithoutEvidence) ?? classical[0];
            return Decide(plain, targets, "The series has too few visible slices near the gap to compare methods on.", [], findings);
        }

        Trial best = trials.MinBy(trial => trial.Errors.MeanSquaredError)!;
        Trial[] learned = [.. able.Where(method => method.Identity.IsLearned).Select(method => TryLearned(method, placements, findings)).OfType<Trial>()];
        ImmutableArray<MethodEvidence> evidence = [.. trials.Concat(learned).Select(trial => trial.Evidence)];
        string reason = Text(
            $"{best.Name} predicted {best.LeftOut.Length} left-out slice(s) near the gap best (RMSE {Rmse(best):G4}; {string.Join(", ", trials.Where(trial => trial != best).Select(trial => Text($"{trial.Name} {Rmse(trial):G4}")))}).");
        return ByLearned(best.Method, learned, placements) is { } winner
            ? Decide(winner.Method, targets, winner.Reason, evidence, findings)
            : Decide(best.Method, targets, learned.Length == 0 ? reason : reason + " " + NoGain(learned[0], best.Method, placements), evidence, findings);
    }

    private sealed record Trial(IVolumeReconstructor Method, ErrorBlocks Errors, ImmutableArray<int> LeftOut)
    {
        public string Name => Method.Identity.Name;

        public MethodEvidence Evidence => new(Name, Errors.MeanSquaredError, LeftOut);
    }

    private static Selected Decide(
        IVolumeReconstructor method, ImmutableArray<int> targets, string reason, ImmutableArray<MethodEvidence> evidence, ImmutableArray<Finding>.Builder findings) =>
        new(method, new MethodChoice(targets, method.Identity, reason, evidence), findings.ToImmutable());

    private (IVolumeReconstructor Method, string Reason)? ByLearned(IVolumeReconstructor classical, Trial[] learned, ImmutableArray<LeftOut> placements)
    {
        foreach (Trial trial in learned.Where(trial => double.IsFinite(trial.Errors.MeanSquaredError)).OrderBy(trial => trial.Errors.MeanSquaredError))
        {
            (double gain, double lower) = GainOver(classical, trial, placements);
            if (lower > 0)
            {
                return (trial.Method, Text(
                    $"{trial.Name} beat {classical.Identity.Name}, the best classical method, by {gain:0.00} dB (at least {lower:0.00} dB with 90 % confidence) on {trial.LeftOut.Length} left-out slice(s) near the gap."));
            }
        }

        return null;
    }

    private string NoGain(Trial learned, IVolumeReconstructor classical, ImmutableArray<LeftOut> placements)
    {
        if (!double.IsFinite(learned.Errors.MeanSquaredError))
        {
            return Text($"{learned.Name} gave values that are not finite.");
        }

        (double gain, double lower) = GainOver(classical, learned, placements);
        return Text($"{learned.Name} gained {gain:0.00} dB, not surely above 0 (90 % bound {lower:0.00} dB).");
    }

    private (double Gain, double Lower) GainOver(IVolumeReconstructor classical, Trial learned, ImmutableArray<LeftOut> placements)
    {
        ErrorBlocks reference = TryOn(classical, Nearest(placements))!.Errors;
        return (
            BlockBootstrap.GainDb(reference.MeanSquaredError, learned.Errors.MeanSquaredError),
            BlockBootstrap.LowerGainDb(reference.Sums, learned.Errors.Sums));
    }

    private Trial? TryLearned(IVolumeReconstructor method, ImmutableArray<LeftOut> placements, ImmutableArray<Finding>.Builder findings)
    {
        try
        {
            return TryOn(method, Nearest(placements));
        }
        catch (InpaintException refusal)
        {
            findings.Add(new Finding { Code = refusal.Code, Severity = FindingSeverity.Info, Message = refusal.Message, Hint = "The best classical method is used." });
            return null;
        }
    }

    private Trial? TryOn(IVolumeReconstructor method, ImmutableArray<LeftOut> placements)
    {
        VolumeGeometry geometry = built.Volume.Geometry;
        var errors = new ErrorBlocks(geometry.Rows, geometry.Columns);
        float? padding = PaddingOf(built);
        var slices = new SortedSet<int>();
        foreach (LeftOut placement in placements)
        {
            var request = new ReconstructionRequest(built.Volume, placement.Mask, placement.Slices, built.Modality);
            if (!placement.Slices.All(slice => method.CanPredict(request, slice)))
            {
                continue;
            }

            ReadOnlySpan<bool> masked = placement.Region is null ? default : placement.Region.Masked;
            if (method is IInPlaceReconstructor inPlace)
            {
                foreach (int slice in placement.Slices)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    inPlace.FillInPlace(request, slice, _trial);
                    errors.Add(_trial, built.Volume.Slice(slice), masked, padding);
                }
            }
            else
            {
                foreach (SlicePrediction prediction in method.Reconstruct(request, cancellationToken))
                {
                    errors.Add(prediction.Voxels.Span, built.Volume.Slice(prediction.Slice), masked, padding);
                }
            }

            slices.UnionWith(placement.Slices);
        }

        return errors.Count == 0 ? null : new Trial(method, errors, [.. slices]);
    }

    private static ImmutableArray<LeftOut> Nearest(ImmutableArray<LeftOut> placements) => [.. placements.Take(LearnedPlacements)];

    private static float? PaddingOf(BuiltVolume built)
    {
        SliceSlot? first = built.Slots.FirstOrDefault(slot => slot.HasSamples);
        return built.Format.PaddingValue is { } padding && first is not null
            ? ((float)padding * (float)first.Rescale.Slope) + (float)first.Rescale.Intercept
            : null;
    }

    private static double Rmse(Trial trial) => Math.Sqrt(trial.Errors.MeanSquaredError);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
