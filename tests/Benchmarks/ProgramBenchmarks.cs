using System.Globalization;

namespace Inpaint.Medical.Benchmarks;

/// <summary>The command-line program as a whole: memory of a reconstruction, time to answer.</summary>
internal static class ProgramBenchmarks
{
    private const double MostSecondsToAnswer = 0.3;
    private const double MostMemory = 2.5;

    public static IEnumerable<Row> Run(string inpaint)
    {
        foreach (string[] arguments in new[] { new[] { "version" }, ["--help"] })
        {
            double best = Enumerable.Range(0, 10).Min(_ => Peer.Time(inpaint, arguments));
            yield return new Row($"`./inpaint {arguments[0]}`, built", Row.Seconds(best), "–", "0.3 s", best <= MostSecondsToAnswer);
        }

        const int slices = 320;
        const int side = 512;
        using SampleSeries series = SampleSeries.Create("CT", slices, side, 100, 150, 151, 200);
        string output = Path.Combine(Path.GetDirectoryName(series.Folder)!, "out");
        (double seconds, long peak) = Peer.Run(inpaint, ["reconstruct", series.Folder, "-o", output, "--method", "cubic"]);
        double volume = (double)slices * side * side * sizeof(float);
        yield return new Row(
            "peak memory of `reconstruct`, 320 CT slices of 512², 4 missing",
            string.Create(CultureInfo.InvariantCulture, $"{peak / volume:0.00} × the float volume ({peak >> 20} MiB, {seconds:0.0} s)"), "–", "≤ 2.5 ×", peak <= MostMemory * volume);
    }
}
