using FellowOakDicom;
using Inpaint.Medical.Dicom.Codecs;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests;

/// <summary>The way of every file, from scan over parser to samples, with damaged files of all encodings.</summary>
public class DamagedFileTests
{
    private const int Files = 2000;
    private const long MostBytes = 256L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    [Fact]
    public void DamagedFilesGiveSamplesOrATypedRefusalWithinASecondAnd256Megabytes()
    {
        string[] seeds = [.. RealDicom.Files().Where(path => new FileInfo(path).Length < 300_000)];
        byte[][] originals = [.. seeds.Select(File.ReadAllBytes)];
        var random = new Random(2026);
        for (int i = 0; i < Files; i++)
        {
            int seed = random.Next(seeds.Length);
            byte[] damaged = DicomMutator.Mutate(originals[seed], i);
            Exception? unexpected = null;
            long allocated = 0;

            TimeSpan took = ThreadClock.Measure(
                () =>
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    unexpected = Record.Exception(() => Read(damaged));
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                },
                Longest);

            string name = $"{Path.GetFileName(seeds[seed])}, file {i}";
            Assert.True(unexpected is null, $"{name}: {unexpected}");
            Assert.True(allocated < MostBytes, $"{name} took more than 256 MB");
            Assert.True(took < Longest, $"{name} took {took.TotalSeconds:F2} s of processor time");
        }
    }

    private static void Read(byte[] file)
    {
        try
        {
            var stream = new MemoryStream(file);
            Part10PreScan.Check(stream);
            DicomDataset dataset = DicomFile.Open(stream).Dataset;
            FrameDecoder.Decode(dataset, 0);
        }
        catch (Exception e) when (e is Part10ScanException or DicomFileException or FrameDecodingException)
        {
            // A typed refusal is the other allowed end.
        }
    }
}
