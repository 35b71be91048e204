using Inpaint.Medical.Validation.Report;

namespace Inpaint.Medical.Validation.Tests.Report;

/// <summary>A report with every kind of content, long names included.</summary>
internal static class SomeReport
{
    public static ReportModel Create()
    {
        string[] volumes = ["ct-abdomen-pelvis-3mm-with-a-rather-long-file-name", "mr-t1-head", "mr-flair-head"];
        string[] strata = ["gap 1", "gap 2", "every 2nd"];
        string[] methods = ["linear", "cubic", "spline", "transformer"];
        return new ReportModel(
            "Validation of missing-slice reconstruction",
            "transformer beats the best interpolation by +1.52 dB (95 % interval +1.10 … +1.93) on 3 volumes.",
            true,
            "How well are hidden slices rebuilt, compared with the best interpolation of each volume?",
            "3 volumes, 3 drop specifications; PSNR range: 0.5…99.8 percentile of the visible voxels.",
            [.. strata.SelectMany(stratum => methods.Select((method, i) => Row(stratum, method, i)))],
            [.. strata.SelectMany(stratum => volumes.SelectMany(volume => methods.Select(
                (method, i) => new GainPoint(stratum, volume, method, i - 1.5 + (volume.Length % 7 * 0.1)))))],
            [.. volumes.Select(volume => Volume(volume, strata, methods))],
            [new PrintedMetric("PSNR", "dB", "10 log10(range² / mean squared error) over rebuilt voxels.")],
            [new("Inpaint.Medical", "0.1.0"), new("Weights", new string('a', 64)), new("Seed", "1")],
            "inpaint validate data/val --drop run:1 --drop run:2 --drop every:2 --method linear,cubic,spline,transformer -o report --seed 1");
    }

    /// <summary>The page of a report as text.</summary>
    public static string Page(ReportModel model)
    {
        using var page = new StringWriter();
        ReportWriter.Write(model, page);
        return page.ToString();
    }

    private static ResultRow Row(string stratum, string method, int i) => new(
        stratum, method, 3, 42, Around(27 + i), Around(24 + i), Around(0.9), Around(0.91), Around(12.3), Around(20.1), Around(0.4), Around(0.9), Around(120),
        Around(i - 1.5), 0.667, 0.031, "mr-t1-head", i - 2.0, i == 3 ? 0.902 : null, 30 + i);

    private static Interval Around(double mean) => new(mean, mean * 0.95, mean * 1.05);

    private static VolumeReport Volume(string name, string[] strata, string[] methods) => new(
        name,
        "MR, 48 × 256 × 256, 3 × 0.9 × 0.9 mm",
        48,
        [.. strata.SelectMany(stratum => methods.Select((method, i) => Row(stratum, method, i)))],
        [.. strata.SelectMany(stratum => Enumerable.Range(0, 12).SelectMany(k => methods.Select(
            (method, i) => new StripPoint(stratum, method, 4 * k, 25 + i + Math.Sin(k)))))],
        [.. new[] { "best", "median", "worst" }.Select(rank => new SliceView(
            rank, "gap 1", "transformer", 20, 28.4, Picture(0), Picture(2), Picture(1), Picture(3), Picture(5), "200", Picture(6)))],
        [.. new[] { "sagittal", "coronal" }.Select(plane => new ReformatView(
            plane, "gap 2", "transformer", Picture(7, 3), Picture(8, 3), Picture(9, 3)))]);

    private static GreyPicture Picture(int phase, double aspect = 1)
    {
        var pixels = new byte[48 * 64];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(128 + (100 * Math.Sin((i % 64 / 7.0) + phase) * Math.Cos(i / 64 / 5.0)));
        }

        return new GreyPicture(48, 64, pixels, aspect);
    }
}
