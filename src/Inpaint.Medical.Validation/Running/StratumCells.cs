using System.Collections.Immutable;

namespace Inpaint.Medical.Validation.Running;

/// <summary>Pooled scores of the rows of one stratum: a cell for each volume, gap and method.</summary>
internal sealed class StratumCells
{
    private readonly Dictionary<(string Volume, int Gap, string Method), Cell> _cells;
    private readonly ILookup<string, int> _gaps;

    private StratumCells(Dictionary<(string Volume, int Gap, string Method), Cell> cells)
    {
        _cells = cells;
        _gaps = cells.Keys.Select(key => (key.Volume, key.Gap)).Distinct().OrderBy(key => key.Gap).ToLookup(key => key.Volume, key => key.Gap);
    }

    public static StratumCells Of(IReadOnlyList<SliceScore> rows) => new(rows
        .Where(row => row.IsPredicted)
        .GroupBy(row => (row.Volume, row.Gap, row.Method))
        .ToDictionary(group => group.Key, group => new Cell(group.Count(), PooledScores.Of(group))));

    public IEnumerable<int> Gaps(string volume) => _gaps[volume];

    /// <summary>A metric in a cell; null where it is not defined.</summary>
    public double? Score(string volume, int gap, string method, string metric) =>
        _cells.TryGetValue((volume, gap, method), out Cell? cell) && cell.Scores.TryGetValue(metric, out double score) ? score : null;

    /// <summary>Mean of a metric over a volume's gaps; null where it is defined for none.</summary>
    public double? VolumeMean(string volume, string method, string metric) =>
        Gaps(volume).Select(gap => Score(volume, gap, method, metric)).Average();

    /// <summary>Whether both methods predicted the same number of slices of the cell, so that their scores are of the same slices.</summary>
    public bool IsPaired(string volume, int gap, string method, string other) =>
        _cells.TryGetValue((volume, gap, method), out Cell? a) && _cells.TryGetValue((volume, gap, other), out Cell? b) && a.Slices == b.Slices;

    private sealed record Cell(int Slices, ImmutableSortedDictionary<string, double> Scores);
}
