using System.Globalization;
using System.Text.Json;
using Inpaint.Medical.TestSupport;

namespace Inpaint.Medical.Benchmarks;

/// <summary>A whole validation of the interpolation methods, report included: time, and memory beside the largest volume.</summary>
internal static class ValidationBenchmarks
{
    private const double MostSeconds = 180;
    private const double MostMemory = 4;

    private static readonly string[] Drops = ["runs:1@2", "runs:2@2", "runs:3@2", "every:2", "random:0.1", "ends:2"];

    public static IEnumerable<Row> Run(string inpaint)
    {
        string[] scans = RealData.IsAvailable ? [.. RealData.FilesUnder("val").Where(file => file.EndsWith(".nii.gz", StringComparison.Ordinal))] : [];
        if (scans.Length == 0)
        {
            yield break;
        }

        DirectoryInfo output = Directory.CreateTempSubdirectory("validation");
        (double seconds, long peak) = Peer.Run(
            inpaint, ["validate", .. scans, "--drop", .. Drops, "--method", "nearest,linear,cubic,spline", "--seed", "1", "-o", output.FullName]);
        double largest = LargestVolume(Path.Combine(output.FullName, "summary.json"));
        output.Delete(recursive: true);
        string what = $"`validate`, {scans.Length} scans × {Drops.Length} drops × 4 interpolations";
        yield return new Row(what, Row.Seconds(seconds), "–", "180 s", seconds <= MostSeconds);
        yield return new Row(
            $"{what}: peak memory", string.Create(CultureInfo.InvariantCulture, $"{peak / largest:0.00} × the largest float volume ({peak / 1e6:0} MB)"), "–",
            "≤ 4 ×", peak <= MostMemory * largest);
    }

    private static double LargestVolume(string summary)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(summary));
        return document.RootElement.GetProperty("volumes").EnumerateArray()
            .Max(volume => volume.GetProperty("shape").EnumerateArray().Aggregate((double)sizeof(float), (bytes, length) => bytes * length.GetInt32()));
    }
}
