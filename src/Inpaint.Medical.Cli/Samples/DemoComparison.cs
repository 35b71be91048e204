using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Metrics;
using Spectre.Console;

namespace Inpaint.Medical.Cli.Samples;

/// <summary>Rebuilt series beside the truth: only the rebuilt slices count.</summary>
internal sealed class DemoComparison(Volume truth, Damage damage)
{
    private readonly ImmutableArray<int> _slices = damage.All;
    private readonly double _range = Range(truth);
    private readonly List<(string Method, string Folder, Volume Volume)> _results = [];

    public void Add(string method, string folder, Volume rebuilt) => _results.Add((method, folder, rebuilt));

    public void PrintTable()
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("method", "PSNR dB", "SSIM");
        foreach ((string method, _, Volume rebuilt) in _results)
        {
            table.AddRow(method, Text(Psnr(rebuilt), "0.00"), Text(Ssim(rebuilt), "0.0000"));
        }

        table.Caption = new TableTitle($"rebuilt slices only ({_slices.Length} of {truth.SliceCount}); PSNR range {Text(_range, "0.#")}");
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        console.Write(table);
    }

    public void PrintPaths(string picture)
    {
        foreach ((string method, string folder, _) in _results)
        {
            Console.Out.WriteLine($"series ({method}): {folder}");
        }

        Console.Out.WriteLine($"record (auto): {Path.Combine(_results[^1].Folder, DeliverStage.RecordFileName)}");
        Console.Out.WriteLine($"montage (auto): {Path.GetFullPath(picture)}");
    }

    /// <summary>Four slices and a reformat along the stack, of the last method added.</summary>
    public void WriteMontage(string path, Volume damaged)
    {
        Volume rebuilt = _results[^1].Volume;
        var rows = new List<MontageRow>();
        foreach (int slice in new[] { damage.Dropped[0], damage.Dropped[1], damage.Dropped[^2], damage.Truncated[0] })
        {
            rows.Add(Row($"slice {slice}", truth.Geometry.Rows, truth.Geometry.Columns, volume => Plane(volume, slice), damaged, rebuilt));
        }

        int column = truth.Geometry.Columns / 2;
        rows.Add(Row($"along the stack, column {column}", truth.SliceCount, truth.Geometry.Rows, volume => Reformat(volume, column), damaged, rebuilt));
        Montage.Write(path, ["damaged", "rebuilt", "truth", "error (x4)"], rows, new ValueRangeOfImages(0, _range), errorGain: 4);
    }

    private MontageRow Row(string label, int rows, int columns, Func<Volume, float[]> view, Volume damaged, Volume rebuilt)
    {
        float[] real = view(truth), result = view(rebuilt);
        return new MontageRow(label, rows, columns, [view(damaged), result, real, [.. result.Zip(real, (a, b) => a - b)]]);
    }

    private double Psnr(Volume rebuilt)
    {
        double squared = 0;
        foreach (int slice in _slices)
        {
            ReadOnlySpan<float> a = rebuilt.Slice(slice), b = truth.Slice(slice);
            for (int i = 0; i < a.Length; i++)
            {
                double error = (double)a[i] - b[i];
                squared += error * error;
            }
        }

        double mean = squared / ((double)_slices.Length * truth.Geometry.SliceLength);
        return 10 * Math.Log10(_range * _range / mean);
    }

    private double Ssim(Volume rebuilt) => _slices.Average(slice => StructuralSimilarity.Gaussian.Mean(
        truth.Slice(slice), rebuilt.Slice(slice), truth.Geometry.Rows, truth.Geometry.Columns, _range));

    private static float[] Plane(Volume volume, int slice) => volume.Slice(slice).ToArray();

    /// <summary>[slices × rows], the last slice on top.</summary>
    private static float[] Reformat(Volume volume, int column)
    {
        VolumeGeometry geometry = volume.Geometry;
        var image = new float[geometry.SliceCount * geometry.Rows];
        for (int slice = 0; slice < geometry.SliceCount; slice++)
        {
            ReadOnlySpan<float> plane = volume.Slice(slice);
            for (int row = 0; row < geometry.Rows; row++)
            {
                image[((geometry.SliceCount - 1 - slice) * geometry.Rows) + row] = plane[(row * geometry.Columns) + column];
            }
        }

        return image;
    }

    /// <summary>Largest less smallest value.</summary>
    private static double Range(Volume volume)
    {
        float low = float.MaxValue, high = float.MinValue;
        for (int slice = 0; slice < volume.SliceCount; slice++)
        {
            foreach (float value in volume.Slice(slice))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        return high - low;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
