using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Core.Selection;

/// <summary>A method for a run of masked slices or a partial slice, and why.</summary>
internal sealed record Selected(IVolumeReconstructor Method, MethodChoice Choice, ImmutableArray<Finding> Findings);

/// <summary>
/// Chooses the method for a gap by what it achieves on this very series: visible slices near the gap are left out in the gap's own
/// pattern and predicted by every method. The classical method with the least error wins. A learned method is taken only where it beats
/// that one with 90 % confidence. Not thread-safe.
/// </summary>
/// <param name="series">Volume, mask and modality; targets are chosen for one by one.</param>
internal sealed class MethodSelection(ReconstructionRequest series, IReadOnlyList<IVolumeReconstructor> methods)
{
    // Used where a series is too short to leave anything out: it overshoots least.
    private const string WithoutEvidence = "linear";

    // A learned method costs far more than a classical one; the nearest copies of the gap say most.
    private const int LearnedPlacements = 4;

    private readonly float[] _trial = new float[series.Volume.Geometry.SliceLength];

    // Gaps that lie close together are judged by the same left-out slices.
    private readonly Dictionary<(IVolumeReconstructor Method, int First, int Count, RegionMask? Region), ErrorBlocks> _tried = [];

    /// <param name="targets">A run of masked slices, or one partial slice.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NothingVisible"/>: no method can predict the targets.</exception>
    public Selected Choose(ImmutableArray<int> targets, CancellationToken cancellationToken)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        ReconstructionRequest request = series with { Targets = targets };
        IVolumeReconstructor[] able = [.. methods.Where(method => targets.All(target => method.CanPredict(request, target)))];
        IVolumeReconstructor[] classical = [.. able.Where(method => !method.Identity.IsLearned)];
        if (classical.Length == 0)
        {
            throw new InpaintException(
                ErrorCode.NothingVisible, string.Create(CultureInfo.InvariantCulture, $"No method can predict slice {targets[0]}: too few visible slices, or too few finite voxels in them, around it."));
        }

        if (classical.Length == 1)
        {
            return Decide(classical[0], targets, "It is the only method that can reach these slices.", [], findings);
        }

        ImmutableArray<LeftOut> placements = series.Mask.IsWholeMasked(targets[0])
            ? LeftOut.OfRun(series.Volume, series.Mask, new MaskRun(targets[0], targets.Length))
            : LeftOut.OfRegion(series.Volume, series.Mask, targets[0]);
        Trial[] trials = [.. classical.Select(method => TryOn(method, placements, cancellationToken)).OfType<Trial>()];
        if (trials.Length == 0)
        {
            IVolumeReconstructor plain = classical.FirstOrDefault(method => method.Identity.Name == WithoutEvidence) ?? classical[0];
            return Decide(plain, targets, "The series has too few visible slices near the gap to compare methods on.", [], findings);
        }

        Trial best = trials.MinBy(trial => trial.Errors.MeanSquaredError)!;
        Trial[] learned = [.. able.Where(method => method.Identity.IsLearned).Select(method => TryLearned(method, placements, findings, cancellationToken)).OfType<Trial>()];
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
        ErrorBlocks reference = TryOn(classical, Nearest(placements), CancellationToken.None)!.Errors;
        return (
            BlockBootstrap.GainDb(reference.MeanSquaredError, learned.Errors.MeanSquaredError),
            BlockBootstrap.LowerGainDb(reference.Sums, learned.Errors.Sums));
    }

    private Trial? TryLearned(
        IVolumeReconstructor method, ImmutableArray<LeftOut> placements, ImmutableArray<Finding>.Builder findings, CancellationToken cancellationToken)
    {
        try
        {
            return TryOn(method, Nearest(placements), cancellationToken);
        }
        catch (InpaintException refusal)
        {
            findings.Add(new Finding { Code = refusal.Code, Severity = FindingSeverity.Info, Message = refusal.Message, Hint = "The best classical method is used." });
            return null;
        }
    }

    private Trial? TryOn(IVolumeReconstructor method, ImmutableArray<LeftOut> placements, CancellationToken cancellationToken)
    {
        var errors = new ErrorBlocks(series.Volume.Geometry.Rows, series.Volume.Geometry.Columns);
        var slices = new SortedSet<int>();
        foreach (LeftOut placement in placements)
        {
            var key = (method, placement.Slices[0], placement.Slices.Length, placement.Region);
            if (!_tried.TryGetValue(key, out ErrorBlocks? there))
            {
                _tried[key] = there = ErrorsOf(method, placement, cancellationToken);
            }

            if (there.Count > 0)
            {
                errors.Add(there);
                slices.UnionWith(placement.Slices);
            }
        }

        return errors.Count == 0 ? null : new Trial(method, errors, [.. slices]);
    }

    // Nothing counted where the method cannot predict the slices.
    private ErrorBlocks ErrorsOf(IVolumeReconstructor method, LeftOut placement, CancellationToken cancellationToken)
    {
        var errors = new ErrorBlocks(series.Volume.Geometry.Rows, series.Volume.Geometry.Columns);
        ReconstructionRequest request = series with { Mask = placement.Mask, Targets = placement.Slices, WithSigma = false };
        if (!placement.Slices.All(slice => method.CanPredict(request, slice)))
        {
            return errors;
        }

        ReadOnlySpan<bool> masked = placement.Region is null ? default : placement.Region.Masked;
        if (method is IInPlaceReconstructor inPlace)
        {
            foreach (int slice in placement.Slices)
            {
                cancellationToken.ThrowIfCancellationRequested();
                inPlace.FillInPlace(request, slice, _trial);
                errors.Add(_trial, series.Volume.Slice(slice), masked, series.Padding);
            }
        }
        else
        {
            foreach (SlicePrediction prediction in method.Reconstruct(request, cancellationToken))
            {
                errors.Add(prediction.Voxels.Span, series.Volume.Slice(prediction.Slice), masked, series.Padding);
            }
        }

        return errors;
    }

    private static ImmutableArray<LeftOut> Nearest(ImmutableArray<LeftOut> placements) => [.. placements.Take(LearnedPlacements)];

    private static double Rmse(Trial trial) => Math.Sqrt(trial.Errors.MeanSquaredError);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
