using System.Globalization;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Benchmarks;

/// <summary>The interpolation kernel beside a plain copy that moves the same bytes.</summary>
internal static class FillBenchmarks
{
    private const int Side = 512;
    private const int Slices = 256;

    public static IEnumerable<Row> Run()
    {
        Volume volume = SampleSeries.Volume(Slices, Side);
        var target = new float[Side * Side];
        float[] weights = [.. InterpolationWeights.Cubic([0, 1, 3, 4], 2).Select(weight => (float)weight)];
        int targets = Slices - 4;
        double bytes = (double)targets * 5 * target.Length * sizeof(float);
        float[] sink = new float[5 * target.Length / 2];
        float[] origin = new float[5 * target.Length / 2];

        (double ours, double copy) = Paired.Best(
            () => Paired.Seconds(() =>
            {
                for (int slice = 2; slice < Slices - 2; slice++)
                {
                    WeightedSum.Fill(volume, [slice - 2, slice - 1, slice + 1, slice + 2], weights, target);
                }
            }),
            () => Paired.Seconds(() =>
            {
                // A copy reads and writes each byte once: half of the bytes are read, half written.
                for (int slice = 2; slice < Slices - 2; slice++)
                {
                    origin.CopyTo(sink, 0);
                }
            }));
        yield return new Row(
            "cubic filling, 252 slices of 512²", $"{Rate(bytes, ours)} GB/s", $"plain copy of the same bytes {Rate(bytes, copy)} GB/s",
            "within 4×", ours <= 4 * copy);
    }

    private static string Rate(double bytes, double seconds) => (bytes / seconds / 1e9).ToString("0.0", CultureInfo.InvariantCulture);
}
