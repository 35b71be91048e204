using System.Runtime.InteropServices;
using System.Text.Json;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Validation.Metrics;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Tests.Metrics;

/// <summary>Every metric equals its definition in numpy, scipy and scikit-image within 1e-6 relative.</summary>
public sealed class MetricsAgreementTests : IDisposable
{
    private const double Tolerance = 1e-6;

    private readonly string _folder = Directory.CreateTempSubdirectory("metrics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ScoresEqualThoseOfScikitImage()
    {
        Pair[] pairs = [.. RandomPairs(), .. RealPairs()];
        foreach (Pair pair in pairs)
        {
            File.WriteAllBytes(Path.Combine(_folder, $"{pair.Name}.truth"), MemoryMarshal.AsBytes(pair.Truth.AsSpan()));
            File.WriteAllBytes(Path.Combine(_folder, $"{pair.Name}.image"), MemoryMarshal.AsBytes(pair.Image.AsSpan()));
        }

        File.WriteAllText(Path.Combine(_folder, "images.json"), JsonSerializer.Serialize(pairs.Select(pair => new { name = pair.Name, rows = pair.Rows, columns = pair.Columns })));
        JsonElement peer = PythonPeer.Run("Metrics/metrics_peer.py", _folder);
        for (int i = 0; i < pairs.Length; i++)
        {
            AssertAgrees(pairs[i], peer[i]);
        }
    }

    private static void AssertAgrees(Pair pair, JsonElement peer)
    {
        var range = ValueRange.Of(SomeVolume.Of(1, 0, pair.Rows, pair.Columns, change: (_, _) => pair.Truth));
        Near(peer, "low", range.Low);
        Near(peer, "high", range.High);

        using var scorer = new SliceScorer(pair.Truth, pair.Rows, pair.Columns, range, null, 1);
        SliceScore row = scorer.Score(Row(pair, range), pair.Image, []);
        Near(peer, "psnr", PooledScores.Psnr(row.SquaredError, row.Voxels, row.Range));
        Near(peer, "mse", row.SquaredError / row.Voxels);
        Near(peer, "mae", row.AbsoluteError / row.Voxels);
        Near(peer, "hfen", Math.Sqrt(row.HighFrequencyError / row.HighFrequencyTruth));
        Near(peer, "hfen", HighFrequency.ErrorNorm(pair.Truth, pair.Image, pair.Rows, pair.Columns));
        Near(peer, "noise", row.NoiseRatio);
        Near(peer, "worst", row.WorstOnePercent);
        Near(peer, "ssim", row.Ssim);
        Near(peer, "ssim_uniform", row.SsimUniform);

        // A region that is the whole slice scores as the slice does.
        var all = new bool[pair.Truth.Length];
        all.AsSpan().Fill(true);
        using var whole = new SliceScorer(pair.Truth, pair.Rows, pair.Columns, range, new RegionMask(all), 0);
        SliceScore region = whole.Score(Row(pair, range), pair.Image, []);
        Assert.Equal(row with { NoiseRatio = null }, region);
    }

    private static void Near(JsonElement peer, string name, double? ours)
    {
        JsonElement theirs = peer.GetProperty(name);
        if (theirs.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(ours);
            return;
        }

        double expected = theirs.GetDouble();
        Assert.NotNull(ours);
        Assert.True(Math.Abs(expected - ours.Value) <= Tolerance * Math.Abs(expected), $"{name}: {ours}, peer {expected}");
    }

    private static SliceScore Row(Pair pair, ValueRange range) => new()
    {
        Volume = pair.Name,
        Drop = "",
        Method = "",
        Slice = 0,
        Gap = 1,
        Position = "first",
        NearestVisibleMm = 1,
        IsPredicted = true,
        Voxels = pair.Truth.Length,
        VolumeVoxels = pair.Truth.Length,
        Range = range.Span,
    };

    private static IEnumerable<Pair> RandomPairs()
    {
        var random = new Random(11);
        foreach ((int rows, int columns) in new[] { (64, 48), (11, 11), (7, 30), (6, 6), (33, 100), (4, 3) })
        {
            float[] truth = [.. Enumerable.Range(0, rows * columns).Select(i => (float)((400 * Math.Sin(i / 9.0)) + (random.NextDouble() * 200) - 500))];
            float[] image = [.. truth.Select(value => value + (float)((random.NextDouble() - 0.5) * 90))];
            yield return new Pair($"random-{rows}x{columns}", rows, columns, truth, image);
        }
    }

    private static IEnumerable<Pair> RealPairs()
    {
        if (RealVolumes.Folder is not { } folder)
        {
            yield break;
        }

        foreach (string path in Directory.EnumerateFiles(Path.Combine(folder, "val"), "*.nii.gz").Order(StringComparer.Ordinal))
        {
            var volume = RealVolumes.Load(path).Volume;
            int middle = volume.SliceCount / 2;
            yield return new Pair(
                Path.GetFileName(path), volume.Geometry.Rows, volume.Geometry.Columns, volume.Slice(middle).ToArray(), volume.Slice(middle + 1).ToArray());
        }
    }

    private sealed record Pair(string Name, int Rows, int Columns, float[] Truth, float[] Image);
}
