using System.Globalization;
using SkiaSharp;

namespace Inpaint.Medical.Torch.Training;

/// <summary>Draws loss.csv and validation.csv of a run as curves.png; decibels upward, steps to the right.</summary>
public static class CurvePicture
{
    private const int Width = 1000, Height = 500, Margin = 60, Smoothing = 100;

    /// <summary>Writes curves.png into the folder; without a finite loss there is nothing to draw.</summary>
    public static void Draw(string folder)
    {
        (double Step, double Value)[] losses = Read(Path.Combine(folder, "loss.csv"), 1), gains = Read(Path.Combine(folder, "validation.csv"), 1);
        (double Step, double Value)[] smooth = [.. losses.Chunk(Smoothing).Select(part => (part[^1].Step, -part.Average(p => p.Value)))];
        if (smooth.Length == 0) return;
        double last = smooth[^1].Step, low = Math.Min(0, smooth.Concat(gains).Min(p => p.Value)), high = smooth.Concat(gains).Max(p => p.Value) + 0.1;

        using var bitmap = new SKBitmap(Width, Height);
        using var canvas = new SKCanvas(bitmap);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        using var grid = new SKPaint { Color = SKColors.LightGray };
        using var font = new SKFont(SKTypeface.Default, 14);
        canvas.Clear(SKColors.White);
        float X(double step) => (float)(Margin + (step / last * (Width - (2 * Margin))));
        float Y(double value) => (float)(Height - Margin - ((value - low) / (high - low) * (Height - (2 * Margin))));
        for (double value = Math.Ceiling(low * 2) / 2; value <= high; value += 0.5)
        {
            canvas.DrawLine(Margin, Y(value), Width - Margin, Y(value), grid);
            canvas.DrawText(value.ToString("0.0", CultureInfo.InvariantCulture), 20, Y(value) + 5, font, ink);
        }

        Curve(canvas, smooth, X, Y, SKColors.SteelBlue);
        Curve(canvas, gains, X, Y, SKColors.DarkOrange);
        canvas.DrawText($"gain over the best classical method, dB: training crops (blue, mean of {Smoothing} steps), held-out volumes (orange); {last} steps", Margin, 30, font, ink);
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        using FileStream file = File.Create(Path.Combine(folder, "curves.png"));
        png.SaveTo(file);
    }

    private static void Curve(SKCanvas canvas, (double Step, double Value)[] points, Func<double, float> x, Func<double, float> y, SKColor colour)
    {
        using var paint = new SKPaint { Color = colour, StrokeWidth = 2, IsAntialias = true };
        for (int i = 1; i < points.Length; i++) canvas.DrawLine(x(points[i - 1].Step), y(points[i - 1].Value), x(points[i].Step), y(points[i].Value), paint);
        foreach ((double step, double value) in points) canvas.DrawCircle(x(step), y(value), 2.5f, paint);
    }

    private static (double Step, double Value)[] Read(string path, int column) => !File.Exists(path) ? []
        : [.. File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length > column)
            .Select(cells => (double.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[column], CultureInfo.InvariantCulture))).Where(p => double.IsFinite(p.Item2))];
}
