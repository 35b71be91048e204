using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Metrics;

namespace Inpaint.Medical.Validation.Running;

/// <summary>Scores of all methods on runs of hidden slices of one case.</summary>
internal static class CaseScorer
{
    /// <summary>Rows in the order slice, method.</summary>
    public static List<SliceScore> Score(
        HiddenCase hidden, HiddenRun run, IReadOnlyList<IVolumeReconstructor> methods, ValueRange range, CancellationToken cancellationToken)
    {
        IReadOnlyList<RebuiltSlice?>[] rebuilt = [.. methods.Select(method => hidden.Rebuild(method, run.Targets, cancellationToken))];
        VolumeGeometry geometry = hidden.Visible.Volume.Geometry;
        double noise = NeighbourNoise(hidden, run.Run);
        var rows = new List<SliceScore>();
        for (int i = 0; i < run.Targets.Length; i++)
        {
            int slice = run.Targets[i];
            hidden.Mask.Regions.TryGetValue(slice, out RegionMask? region);
            using var scorer = new SliceScorer(hidden.Truth(slice).ToArray(), geometry.Rows, geometry.Columns, range, region, noise);
            for (int method = 0; method < methods.Count; method++)
            {
                RebuiltSlice? result = rebuilt[method][i];
                var row = new SliceScore
                {
                    Volume = hidden.VolumeName,
                    Drop = hidden.Drop,
                    Method = methods[method].Identity.Name,
                    Slice = slice,
                    Gap = run.Gap,
                    Position = Third(slice, geometry.SliceCount),
                    NearestVisibleMm = run.Gap == 0 ? 0 : NearestVisibleMm(hidden, run.Run, slice),
                    IsPredicted = result is not null,
                    Voxels = region?.Count ?? geometry.SliceLength,
                    VolumeVoxels = (long)geometry.SliceCount * geometry.SliceLength,
                    Range = range.Span,
                };
                rows.Add(result is null ? row : scorer.Score(row, result.Voxels, result.Sigma is { } sigma ? sigma.Span : []));
            }
        }

        return rows;
    }

    private static string Third(int slice, int count) => (3 * slice / count) switch { 0 => "first", 1 => "middle", _ => "last" };

    private static double NeighbourNoise(HiddenCase hidden, MaskRun run)
    {
        Volume volume = hidden.Visible.Volume;
        int[] neighbours = [.. new[] { run.First - 1, run.Last + 1 }
            .Where(slice => slice >= 0 && slice < volume.SliceCount && hidden.Mask.IsVisible(slice))];
        return neighbours.Length == 0
            ? 0
            : neighbours.Average(slice => NoiseEstimate.Of(volume.Slice(slice), volume.Geometry.Rows, volume.Geometry.Columns));
    }

    private static double NearestVisibleMm(HiddenCase hidden, MaskRun run, int slice)
    {
        var positions = hidden.Visible.Volume.Geometry.SlicePositionsMm;
        double before = run.First > 0 ? positions[slice] - positions[run.First - 1] : double.MaxValue;
        double after = run.Last < positions.Length - 1 ? positions[run.Last + 1] - positions[slice] : double.MaxValue;
        return Math.Min(before, after);
    }
}
