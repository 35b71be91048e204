namespace Inpaint.Medical.Torch;

/// <summary>Overlapping tiles that cover a slice, and the weight of each pixel of a tile, which falls smoothly towards inner borders.</summary>
public sealed class TileGrid
{
    /// <summary>Largest tile and its overlap, pixels: whole windows of attention.</summary>
    public const int Largest = 288;

    private const int Overlap = 48;

    public TileGrid(int rows, int columns)
    {
        (Rows, int[] tops) = Cover(rows);
        (Columns, int[] lefts) = Cover(columns);
        Origins = [.. from top in tops from left in lefts select (top, left)];
        (this.rows, this.columns) = (rows, columns);
    }

    private readonly int rows, columns;

    /// <summary>Pixels of a tile, multiples of the token; may reach beyond the slice, where its edge repeats.</summary>
    public int Rows { get; }

    /// <inheritdoc cref="Rows"/>
    public int Columns { get; }

    /// <summary>First row and column of each tile.</summary>
    public IReadOnlyList<(int Top, int Left)> Origins { get; }

    /// <summary>Weight of a pixel of a tile, above 0; not normalised.</summary>
    public float Weight(int top, int left, int row, int column) =>
        Ramp(row - top, Rows, top > 0, top + Rows < rows) * Ramp(column - left, Columns, left > 0, left + Columns < columns);

    private static float Ramp(int at, int length, bool hasBefore, bool hasAfter)
    {
        float weight = 1;
        if (hasBefore && at < Overlap) weight = (at + 0.5f) / Overlap;
        if (hasAfter && length - 1 - at < Overlap) weight = Math.Min(weight, (length - at - 0.5f) / Overlap);
        return weight * weight * (3 - (2 * weight));
    }

    private static (int Length, int[] Starts) Cover(int size)
    {
        const int patch = TransformerSettings.Patch;
        int padded = Math.Max(16, (size + patch - 1) / patch * patch);
        if (padded <= Largest + Overlap) return (padded, [0]);
        int count = 1 + (int)Math.Ceiling((double)(size - Largest) / (Largest - Overlap));
        return (Largest, [.. Enumerable.Range(0, count).Select(i => (int)((long)(size - Largest) * i / (count - 1)))]);
    }
}
