using System.Globalization;
using FellowOakDicom;
using Inpaint.Medical.Dicom;
using Inpaint.Medical.Dicom.Codecs;
using Inpaint.Medical.TestSupport;

namespace Inpaint.Medical.Benchmarks;

/// <summary>Damaged files by the hundred thousand: scanned, parsed, and their pixels decoded, within bounds of time and memory.</summary>
internal static class MutationBenchmarks
{
    private const double MostSeconds = 1;
    private const long MostBytes = 256L << 20;

    public static IEnumerable<Row> Run(int count)
    {
        byte[][] originals = [.. Originals()];
        if (originals.Length == 0)
        {
            yield break;
        }

        int refused = 0;
        double slowest = 0;
        long largest = 0;
        for (int seed = 0; seed < count; seed++)
        {
            byte[] mutant = DicomMutator.Mutate(originals[seed % originals.Length], seed);
            bool isRefused = false;
            TimeSpan took = ThreadClock.Measure(
                () =>
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    isRefused = IsRefused(mutant);
                    largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
                },
                TimeSpan.FromSeconds(MostSeconds));
            refused += isRefused ? 1 : 0;
            slowest = Math.Max(slowest, took.TotalSeconds);
        }

        yield return new Row(
            string.Create(CultureInfo.InvariantCulture, $"{count:N0} mutated files ({refused:N0} refused by a typed error)"),
            string.Create(CultureInfo.InvariantCulture, $"no crash; slowest {slowest:0.000} s of processor time; most memory {largest >> 20} MiB"), "–",
            "no crash, ≤ 1 s, ≤ 256 MB", slowest <= MostSeconds && largest <= MostBytes);
    }

    private static bool IsRefused(byte[] mutant)
    {
        try
        {
            using var scanned = new MemoryStream(mutant, writable: false);
            Part10PreScan.Check(scanned);
            using var parsed = new MemoryStream(mutant, writable: false);
            DicomFile file = DicomFile.Open(parsed, FileReadOption.ReadAll);
            if (file.Dataset.Contains(DicomTag.PixelData))
            {
                FrameDecoder.Decode(file.Dataset, 0);
            }

            return false;
        }
        catch (Exception refusal) when (refusal is DicomException or Part10ScanException)
        {
            return true;
        }
    }

    private static IEnumerable<byte[]> Originals() => RealData.IsAvailable
        ? RealData.FilesUnder("dicom", "files").Select(File.ReadAllBytes).Where(bytes => bytes.Length < 300_000)
        : Phantoms();

    private static IEnumerable<byte[]> Phantoms()
    {
        using SampleSeries series = SampleSeries.Create("MR", 4, 64);
        return [.. Directory.GetFiles(series.Folder).Select(File.ReadAllBytes)];
    }
}
