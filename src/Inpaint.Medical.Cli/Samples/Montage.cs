using SkiaSharp;

namespace Inpaint.Medical.Cli.Samples;

/// <summary>One row of a montage.</summary>
/// <param name="Label">Under the row.</param>
/// <param name="Panels">Grey images in real units, [rows × columns]; null for one that is not there.</param>
internal sealed record MontageRow(string Label, int Rows, int Columns, float[]?[] Panels);

/// <summary>Draws rows of images beside each other, with a common window: damaged, rebuilt, truth, error.</summary>
internal static class Montage
{
    private const int Gap = 8;
    private const int Line = 16;

    private static readonly SKColor Background = new(16, 18, 22);
    private static readonly SKColor Ink = new(225, 228, 232);
    private static readonly SKColor Absent = new(60, 28, 32);

    /// <param name="titles">One a column; the last column is an error, drawn around mid-grey.</param>
    /// <param name="errorGain">Times the error is stronger than the window of the images.</param>
    public static void Write(string path, string[] titles, IReadOnlyList<MontageRow> rows, ValueRangeOfImages window, double errorGain)
    {
        int cell = rows.Max(row => row.Columns);
        int width = (titles.Length * (cell + Gap)) + Gap;
        int height = Line + Gap + rows.Sum(row => row.Rows + Line + Gap);
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(Background);
        for (int column = 0; column < titles.Length; column++)
        {
            Text(bitmap, titles[column], Gap + (column * (cell + Gap)), Gap);
        }

        int top = Line + Gap;
        foreach (MontageRow row in rows)
        {
            for (int column = 0; column < row.Panels.Length; column++)
            {
                bool isError = column == row.Panels.Length - 1;
                Func<float, byte> shade = isError
                    ? value => Byte(127.5 + (value / window.Span * errorGain * 255))
                    : value => Byte((value - window.Low) / window.Span * 255);
                Panel(bitmap, row, row.Panels[column], shade, Gap + (column * (cell + Gap)), top);
            }

            Text(bitmap, row.Label, Gap, top + row.Rows + 4);
            top += row.Rows + Line + Gap;
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream file = File.Create(path);
        data.SaveTo(file);
    }

    private static void Panel(SKBitmap bitmap, MontageRow row, float[]? image, Func<float, byte> shade, int left, int top)
    {
        for (int y = 0; y < row.Rows; y++)
        {
            for (int x = 0; x < row.Columns; x++)
            {
                float value = image?[(y * row.Columns) + x] ?? float.NaN;
                byte grey = float.IsNaN(value) ? (byte)0 : shade(value);
                bitmap.SetPixel(left + x, top + y, float.IsNaN(value) ? Absent : new SKColor(grey, grey, grey));
            }
        }
    }

    private static void Text(SKBitmap bitmap, string text, int left, int top)
    {
        foreach ((int x, int y) in PixelFont.Dots(text))
        {
            if (left + x < bitmap.Width && top + y < bitmap.Height)
            {
                bitmap.SetPixel(left + x, top + y, Ink);
            }
        }
    }

    private static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}

/// <summary>Window of the grey images, real units.</summary>
internal readonly record struct ValueRangeOfImages(double Low, double Span);
