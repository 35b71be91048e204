using System.Text.Json;
using Inpaint.Medical.Validation.Statistics;

namespace Inpaint.Medical.Validation.Tests.Statistics;

/// <summary>Intervals and tests equal SciPy's on the same draws.</summary>
public sealed class StatisticsAgreementTests
{
    private const ulong Seed = 20260101;
    private const int Draws = 500;

    [Fact]
    public void BootstrapAndWilcoxonEqualSciPys()
    {
        double[][] samples = Samples();
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(new { seed = Seed, draws = Draws, samples }));
            JsonElement peer = PythonPeer.Run("Statistics/statistics_peer.py", file);
            var bootstrap = new Bootstrap(Seed, Draws);
            for (int i = 0; i < samples.Length; i++)
            {
                (double low, double high) = bootstrap.MeanInterval(samples[i]);
                Assert.Equal(peer[i].GetProperty("low").GetDouble(), low, 1e-12);
                Assert.Equal(peer[i].GetProperty("high").GetDouble(), high, 1e-12);
                double approximate = WilcoxonSignedRank.Approximate(samples[i]);
                Assert.Equal(peer[i].GetProperty("approx").GetDouble(), approximate, 1e-12);
                CheckExact(peer[i].GetProperty("exact"), samples[i], approximate);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void TooFewDifferencesGiveNoPValue()
    {
        Assert.Null(WilcoxonSignedRank.PValue([]));
        Assert.Null(WilcoxonSignedRank.PValue([0, 0, 0.5]));
        Assert.Equal(0.5, WilcoxonSignedRank.PValue([1, 2]));
    }

    [Fact]
    public void IntervalOfOneValueIsTheValue() => Assert.Equal((3.5, 3.5), new Bootstrap(1, 50).MeanInterval([3.5]));

    private static void CheckExact(JsonElement peer, double[] sample, double approximate)
    {
        double[] sizes = [.. sample.Where(value => value != 0).Select(Math.Abs)];
        bool isExact = sizes.Length <= 50 && sizes.Distinct().Count() == sizes.Length;
        if (isExact)
        {
            Assert.Equal(peer.GetDouble(), WilcoxonSignedRank.Exact(sample), 1e-12);
        }

        Assert.Equal(isExact ? peer.GetDouble() : approximate, WilcoxonSignedRank.PValue(sample)!.Value, 1e-12);
    }

    private static double[][] Samples()
    {
        var random = new Random(3);
        double[] Normalish(int count, double shift) =>
            [.. Enumerable.Range(0, count).Select(_ => shift + random.NextDouble() + random.NextDouble() - 1)];
        return
        [
            Normalish(8, 0.3), Normalish(8, 0), Normalish(2, 1), Normalish(50, 0.1), Normalish(51, 0.1), Normalish(200, 0.02),
            [1, -1, 2, 2, 3, -4, 5, 5, 5, 6, 7, 8], [0, 0, 1.5, -0.5, 2.5, 3.5, 0, 4.5], [-1, -2, -3, -4, -5],
        ];
    }
}
