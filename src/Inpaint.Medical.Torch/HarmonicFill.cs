namespace Inpaint.Medical.Torch;

/// <summary>Fills a region of one image so that every filled pixel is the mean of its neighbours (Laplace's equation): what is left when no other slice is visible.</summary>
public static class HarmonicFill
{
    private const int Sweeps = 400;
    private const float OverRelaxation = 1.9f;

    /// <param name="known">Pixels, read where <paramref name="missing"/> is 0, [rows x columns].</param>
    /// <param name="missing">1 where to fill, [rows x columns].</param>
    /// <param name="filled">Result, [rows x columns]; all zero where nothing is known.</param>
    public static void Fill(ReadOnlySpan<float> known, ReadOnlySpan<float> missing, int rows, int columns, Span<float> filled)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < known.Length; i++)
        {
            if (missing[i] != 0) continue;
            sum += known[i];
            count++;
        }

        float mean = count == 0 ? 0 : (float)(sum / count);
        for (int i = 0; i < known.Length; i++) filled[i] = missing[i] == 0 ? known[i] : mean;
        if (count == 0) return;
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            float largest = 0;
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    int i = (row * columns) + column;
                    if (missing[i] == 0) continue;
                    float neighbours = filled[row > 0 ? i - columns : i] + filled[row < rows - 1 ? i + columns : i]
                        + filled[column > 0 ? i - 1 : i] + filled[column < columns - 1 ? i + 1 : i];
                    float change = OverRelaxation * ((neighbours / 4) - filled[i]);
                    filled[i] += change;
                    largest = Math.Max(largest, Math.Abs(change));
                }
            }

            if (largest < 1e-5f) return;
        }
    }
}
