using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Metrics;

namespace Inpaint.Medical.Validation.Running;

/// <summary>One volume under one drop: what methods may see, and what they must predict.</summary>
public sealed class HiddenCase
{
    private readonly BuiltVolume _truth;

    private HiddenCase(BuiltVolume truth, string volumeName, string drop, BuiltVolume visible, SliceMask mask, ImmutableArray<HiddenRun> runs)
    {
        _truth = truth;
        VolumeName = volumeName;
        Drop = drop;
        Visible = visible;
        Mask = mask;
        Runs = runs;
    }

    public string VolumeName { get; }

    public string Drop { get; }

    /// <summary>The volume as methods get it: hidden slices are absent, hidden voxels NaN.</summary>
    public BuiltVolume Visible { get; }

    public SliceMask Mask { get; }

    /// <summary>Runs of hidden slices in order; each partial slice is a run of its own.</summary>
    public ImmutableArray<HiddenRun> Runs { get; }

    /// <exception cref="InpaintException">The drop does not fit the volume; see <see cref="DropSpec.Hide"/>.</exception>
    public static HiddenCase Of(BuiltVolume truth, string volumeName, DropSpec drop, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(drop);
        ImmutableDictionary<int, RegionMask?> hidden = drop.Hide(truth.Volume, volumeName, seed).BySlice;
        SliceMask mask = MaskOf(truth.Volume, hidden);
        Volume visible = truth.Volume.Replace(slice =>
            mask.IsWholeMasked(slice) ? []
            : mask.Regions.TryGetValue(slice, out RegionMask? region) ? WithHoles(truth.Volume.Slice(slice), region)
            : null);
        ImmutableArray<SliceSlot> slots =
            [.. truth.Slots.Select(slot => mask.IsVisible(slot.Slice) ? slot : slot with { Stored = default })];
        return new HiddenCase(
            truth, volumeName, drop.Text, truth with { Volume = visible, Slots = slots }, mask, RunsOf(truth.Volume, mask, hidden));
    }

    /// <summary>Asks a method for some of the hidden slices and stores what it gives.</summary>
    /// <param name="targets">Hidden slices, ascending.</param>
    /// <returns>One for each target, in order; null where the method cannot predict it.</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.PredictionNotFinite"/>.</exception>
    public IReadOnlyList<RebuiltSlice?> Rebuild(IVolumeReconstructor method, ImmutableArray<int> targets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        var request = new ReconstructionRequest(Visible.Volume, Mask, targets, Visible.Modality) { Padding = Visible.Padding, WithSigma = true };
        ImmutableArray<int> possible = [.. targets.Where(target => method.CanPredict(request, target))];
        var predictions = possible.IsEmpty
            ? []
            : method.Reconstruct(request with { Targets = possible }, cancellationToken).ToDictionary(prediction => prediction.Slice);
        return [.. targets.Select(target => predictions.TryGetValue(target, out SlicePrediction? prediction) ? Store(prediction, method.Identity.Name) : null)];
    }

    /// <summary>The true voxels, [rows × columns], real units.</summary>
    public ReadOnlySpan<float> Truth(int slice) => _truth.Volume.Slice(slice);

    private RebuiltSlice Store(SlicePrediction prediction, string method)
    {
        float[] voxels = prediction.Voxels.ToArray();
        Mask.Regions.TryGetValue(prediction.Slice, out RegionMask? region);
        for (int i = 0; i < voxels.Length; i++)
        {
            if (!float.IsFinite(voxels[i]) && (region is null || region.Masked[i]))
            {
                throw new InpaintException(ErrorCode.PredictionNotFinite, $"{VolumeName}, {Drop}: {method} predicts {voxels[i]} in slice {prediction.Slice}.");
            }
        }

        StoredRounding.RoundInPlace(voxels, _truth.Format, _truth.Slots[prediction.Slice].Rescale);
        if (region is not null)
        {
            ReadOnlySpan<float> truth = Truth(prediction.Slice);
            for (int i = 0; i < voxels.Length; i++)
            {
                voxels[i] = region.Masked[i] ? voxels[i] : truth[i];
            }
        }

        return new RebuiltSlice(prediction.Slice, voxels, prediction.Sigma);
    }

    private static SliceMask MaskOf(Volume volume, ImmutableDictionary<int, RegionMask?> hidden)
    {
        var decisions = new List<MaskedSlice>();
        var verdicts = new SliceVerdict[volume.SliceCount];
        for (int slice = 0; slice < verdicts.Length; slice++)
        {
            bool isHidden = hidden.TryGetValue(slice, out RegionMask? region);
            verdicts[slice] = isHidden && region is not null ? SliceVerdict.Partial
                : isHidden || !volume.IsPresent(slice) ? SliceVerdict.Missing
                : SliceVerdict.Intact;
            if (verdicts[slice] != SliceVerdict.Intact)
            {
                decisions.Add(new MaskedSlice(slice, verdicts[slice], ErrorCode.SliceGivenByHand, isHidden ? "hidden for validation" : "not in the input"));
            }
        }

        return new SliceMask
        {
            Verdicts = [.. verdicts],
            Regions = hidden.Where(entry => entry.Value is not null).ToImmutableDictionary(entry => entry.Key, entry => entry.Value!),
            Decisions = [.. decisions],
        };
    }

    private static float[] WithHoles(ReadOnlySpan<float> slice, RegionMask region)
    {
        float[] voxels = slice.ToArray();
        for (int i = 0; i < voxels.Length; i++)
        {
            voxels[i] = region.Masked[i] ? float.NaN : voxels[i];
        }

        return voxels;
    }

    private static ImmutableArray<HiddenRun> RunsOf(Volume volume, SliceMask mask, ImmutableDictionary<int, RegionMask?> hidden)
    {
        var runs = new List<HiddenRun>();
        foreach (MaskRun run in mask.Runs())
        {
            ImmutableArray<int> targets = [.. Enumerable.Range(run.First, run.Count).Where(hidden.ContainsKey)];
            if (!targets.IsEmpty)
            {
                runs.Add(new HiddenRun(targets, run.Count, run));
            }
        }

        runs.AddRange(mask.Regions.Keys.Select(slice => new HiddenRun([slice], 0, new MaskRun(slice, 1))));
        return [.. runs.OrderBy(run => run.Targets[0])];
    }
}

/// <summary>Hidden slices that lie together.</summary>
/// <param name="Targets">Slices to be predicted, ascending.</param>
/// <param name="Gap">Length of the run, slices missing in the input included; 0 for a partial slice.</param>
/// <param name="Run">The run on the grid.</param>
public sealed record HiddenRun(ImmutableArray<int> Targets, int Gap, MaskRun Run);

/// <summary>A prediction as it would be stored, real units, [rows × columns].</summary>
public sealed record RebuiltSlice(int Slice, float[] Voxels, ReadOnlyMemory<float>? Sigma);
