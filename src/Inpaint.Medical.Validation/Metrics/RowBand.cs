namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Consecutive rows of an image. Filters go through an image in bands, so that what lies between their steps stays small and in the cache.</summary>
internal readonly record struct RowBand(int First, int Count)
{
    private const int MostRows = 32;

    /// <summary>Bands that cover so many rows, in order.</summary>
    public static IEnumerable<RowBand> Of(int rows)
    {
        for (int first = 0; first < rows; first += MostRows)
        {
            yield return new RowBand(first, Math.Min(MostRows, rows - first));
        }
    }

    /// <summary>So many rows more at the end.</summary>
    public RowBand With(int rows) => this with { Count = Count + rows };

    /// <summary>These rows of an image.</summary>
    public ReadOnlySpan<double> In(double[] image, int columns) => image.AsSpan(First * columns, Count * columns);
}
