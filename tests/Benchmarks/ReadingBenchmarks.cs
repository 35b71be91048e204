using System.Globalization;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Benchmarks;

/// <summary>From files to a volume, beside dcm2niix (which also writes it) and dcmdump (which only lists).</summary>
internal static class ReadingBenchmarks
{
    private const double AnchorSlicesPerSecond = 500;

    public static IEnumerable<Row> Run()
    {
        using SampleSeries ct = SampleSeries.Create("CT", 400, 512);
        if (Peer.IsInstalled("dcm2niix"))
        {
            string output = Directory.CreateTempSubdirectory("dcm2niix").FullName;
            (double ours, double peer) = Paired.Best(
                () => Paired.Seconds(() => Read(ct.Folder)),
                () => Peer.Time("dcm2niix", "-z", "n", "-w", "1", "-o", output, ct.Folder));
            Directory.Delete(output, recursive: true);
            double rate = 400 / ours;
            yield return new Row(
                "series to volume, 400 CT slices of 512²", $"{Row.Seconds(ours)}, {Text(rate)} slices/s",
                $"dcm2niix -z n {Row.Seconds(peer)}, {Text(400 / peer)} slices/s", "not slower; 500 slices/s", ours <= peer && rate >= AnchorSlicesPerSecond);
        }

        using SampleSeries mr = SampleSeries.Create("MR", 192, 256);
        if (Peer.IsInstalled("dcmdump"))
        {
            string[] files = Directory.GetFiles(mr.Folder);
            (double ours, double peer) = Paired.Best(() => Paired.Seconds(() => Read(mr.Folder)), () => Peer.Time("dcmdump", files));
            yield return new Row(
                "reading 192 MR slices of 256²", Row.Seconds(ours), $"dcmdump {Row.Seconds(peer)}", "less time", ours < peer);
        }
    }

    private static void Read(string folder)
    {
        using var source = new DicomInstanceSource([folder]);
        SeriesSet set = GroupStage.Run(ReceiveStage.RunAsync(source, CancellationToken.None).GetAwaiter().GetResult());
        BuiltVolume built = BuildVolumeStage.Run(set.Series.Single(), source, CancellationToken.None);
        if (built.Slots.Any(slot => !slot.HasSamples))
        {
            throw new InvalidOperationException("The sample series did not come back whole.");
        }
    }

    private static string Text(double rate) => rate.ToString("0", CultureInfo.InvariantCulture);
}
