using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Torch.Training;

/// <summary>By which factor the predicted standard errors of one volume must be multiplied so that nine of ten voxels lie within prediction ± 1.645 σ.</summary>
/// <param name="Volume">Name of the volume.</param>
/// <param name="Gap">1, 2, 3 or x2.</param>
/// <param name="Factor">The factor of this volume alone.</param>
public sealed record SigmaFactor(string Volume, string Gap, double Factor);

/// <summary>Calibrates the predicted standard error on volumes: whole slices, hidden and predicted exactly as in use, factors by gap.</summary>
public static class SigmaCalibration
{
    /// <summary>Holes a volume and gap, spread evenly.</summary>
    private const int Holes = 2;

    /// <summary>The factors of each volume and gap, as they are found; gaps that a volume is too short for are left out.</summary>
    public static IEnumerable<SigmaFactor> Measure(ModelFolder model, IEnumerable<TrainingVolume> volumes, InferenceOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(volumes);
        var plain = model with { Manifest = model.Manifest with { SigmaScale = ImmutableSortedDictionary<string, double>.Empty } };
        var method = new TransformerReconstructor(plain, options);
        return volumes.SelectMany(volume => HolePattern.Measured.Select(gap => Measure(method, volume, gap, cancellationToken)).OfType<SigmaFactor>());
    }

    /// <summary>One factor a gap: the mean of the volumes' logarithms, so that every volume counts alike and none alone decides.</summary>
    public static ImmutableSortedDictionary<string, double> Combine(IEnumerable<SigmaFactor> factors) => factors
        .GroupBy(factor => factor.Gap)
        .ToImmutableSortedDictionary(group => group.Key, group => Math.Exp(group.Average(factor => Math.Log(factor.Factor))), StringComparer.Ordinal);

    private static SigmaFactor? Measure(TransformerReconstructor method, TrainingVolume source, string gap, CancellationToken cancellationToken)
    {
        Volume volume = source.ToVolume();
        var ratios = new SigmaRatios();
        foreach (int[] hidden in Hidden(volume.SliceCount, gap))
        {
            int[] targets = gap == "x2" ? [hidden[hidden.Length / 2]] : hidden;
            var request = new ReconstructionRequest(volume, NothingMasked(volume.SliceCount).Hide(hidden), [.. targets], method.Model.Manifest.Modalities[0]) { WithSigma = true };
            foreach (SlicePrediction prediction in method.Reconstruct(request, cancellationToken)) ratios.Add(prediction, volume.Slice(prediction.Slice));
        }

        return ratios.IsEmpty ? null : new SigmaFactor(source.Name, gap, ratios.Factor);
    }

    /// <summary>Slices to hide, one set a hole; a hole has four visible slices on both sides.</summary>
    private static IEnumerable<int[]> Hidden(int slices, string gap)
    {
        bool isPeriodic = gap == "x2";
        int length = isPeriodic ? 1 : int.Parse(gap, CultureInfo.InvariantCulture), margin = isPeriodic ? 7 : 4;
        int first = margin, last = slices - margin - length;
        foreach (int start in Enumerable.Range(1, Holes).Select(i => first + ((last - first) * i / (Holes + 1))).Distinct().Where(_ => last >= first))
        {
            yield return isPeriodic
                ? [.. Enumerable.Range(-3, 7).Select(k => start + (2 * k))]
                : [.. Enumerable.Range(start, length)];
        }
    }

    private static SliceMask NothingMasked(int slices) => new() { Verdicts = [.. Enumerable.Repeat(SliceVerdict.Intact, slices)], Decisions = [] };
}
