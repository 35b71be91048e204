using FellowOakDicom;
using FellowOakDicom.IO.Reader;
using FsCheck.Xunit;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Reading;

/// <summary>No input may crash, hang or exhaust memory: what is not DICOM ends in a typed error.</summary>
public class RobustnessTests
{
    /// <summary>2,000, or as many as INPAINT_MUTATIONS says: 200,000 take some minutes.</summary>
    private static readonly int Files =
        int.TryParse(Environment.GetEnvironmentVariable("INPAINT_MUTATIONS"), System.Globalization.CultureInfo.InvariantCulture, out int count) ? count : 2000;

    private const long MemoryLimit = 256L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    [Fact]
    public void MutatedFilesAreReadOrRefusedWithinASecondAnd256Megabytes()
    {
        List<byte[]> sources = Sources();
        TimeSpan slowest = TimeSpan.Zero;
        long largest = 0;
        for (int seed = 0; seed < Files; seed++)
        {
            byte[] bytes = DicomMutator.Mutate(sources[seed % sources.Count], seed);
            (TimeSpan time, long memory) = Measure(bytes);

            Assert.True(time <= TimeLimit, $"Seed {seed} took {time.TotalSeconds:F1} s.");
            Assert.True(memory <= MemoryLimit, $"Seed {seed} allocated {memory >> 20} MB.");
            slowest = time > slowest ? time : slowest;
            largest = Math.Max(largest, memory);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{Files} files; slowest {slowest.TotalMilliseconds:F0} ms of processor time, largest {largest >> 20} MB."));
    }

    [Property(MaxTest = 300)]
    public bool AnyBytesAfterAValidStartAreReadOrRefused(byte[] bytes, bool isExplicit)
    {
        DicomTransferSyntax syntax = isExplicit ? DicomTransferSyntax.ExplicitVRLittleEndian : DicomTransferSyntax.ImplicitVRLittleEndian;
        return Measure(new ByteBuilder().Start(syntax).Raw(bytes).ToArray()).Memory <= MemoryLimit;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NestingBeyond64LevelsIsRefusedByNameOfPlace(bool isExplicit)
    {
        DicomFileException error = Assert.Throws<DicomFileException>(() => Open(DicomMutator.NestingBomb(isExplicit, 100_000)));

        var cause = Assert.IsType<DicomReaderException>(error.InnerException);
        Assert.Contains("At byte ", cause.Message, StringComparison.Ordinal);
        Assert.Contains("(0008,1140)", cause.Message, StringComparison.Ordinal);
        Assert.Contains("more than 64 deep", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SixtyFourLevelsAreRead()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        for (DicomDataset level = dataset, next; level.Count() < 4 && Depth(dataset) < 64; level = next)
        {
            next = [];
            level.Add(new DicomSequence(DicomTag.ReferencedImageSequence, next));
        }

        DicomFile read = WriteAndRead(dataset);

        Assert.Equal(64, Depth(read.Dataset));
    }

    [Fact]
    public void ADeflatedFileThatInflatesWithoutEndIsRefused()
    {
        DicomFileException error = Assert.Throws<DicomFileException>(() => Open(DicomMutator.DeflateBomb(1 << 28, asOneValue: true)));

        Assert.Contains("inflates to more than", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreElementsThanAnyRealFileHasAreRefused()
    {
        DicomFileException error = Assert.Throws<DicomFileException>(() => Open(DicomMutator.DeflateBomb(16 << 20, asOneValue: false)));

        Assert.Contains("more than 1000000 elements", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALengthBeyondTheEndAllocatesNothingAndEndsThere()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        dataset.Add(DicomVR.OB, DicomTag.EncapsulatedDocument, new byte[16]);
        byte[] bytes = Write(dataset);
        bytes.AsSpan()[^20..^16].Fill(0x7F);

        long before = GC.GetAllocatedBytesForCurrentThread();
        DicomFile file = Open(bytes);

        Assert.True(file.IsPartial);
        Assert.False(file.Dataset.Contains(DicomTag.EncapsulatedDocument));
        Assert.Equal("Doe^Jane", file.Dataset.GetString(DicomTag.PatientName));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("%PDF-1.7 and some more text, long enough to have a first element if it were one")]
    public void WhatIsNotDicomIsRefused(string content)
    {
        DicomFileException error = Assert.Throws<DicomFileException>(() => Open(System.Text.Encoding.ASCII.GetBytes(content)));

        Assert.Contains("not a DICOM file", error.Message, StringComparison.Ordinal);
    }

    private static (TimeSpan Time, long Memory) Measure(byte[] bytes)
    {
        long memory = 0;
        TimeSpan time = ThreadClock.Measure(
            () =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                ReadOrRefuse(bytes);
                memory = GC.GetAllocatedBytesForCurrentThread() - before;
            },
            TimeLimit);
        return (time, memory);
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            DicomFile file = Open(bytes);
            ReadAllValues(file.Dataset);
        }
        catch (DicomException)
        {
            // A typed refusal is what damage deserves; anything else fails the test.
        }
    }

    private static void ReadAllValues(DicomDataset dataset)
    {
        var pending = new Stack<DicomDataset>([dataset]);
        while (pending.TryPop(out DicomDataset? next))
        {
            foreach (DicomItem item in next)
            {
                switch (item)
                {
                    case DicomSequence sequence:
                        sequence.Items.ToList().ForEach(pending.Push);
                        break;
                    case DicomStringElement text:
                        _ = text.Get<string>();
                        break;
                    case DicomElement element:
                        _ = element.Count;
                        break;
                }
            }
        }
    }

    private static List<byte[]> Sources()
    {
        List<byte[]> sources = [Write(SomeDataset.Random(1, DicomTransferSyntax.ExplicitVRLittleEndian)), Write(SomeDataset.Random(2, DicomTransferSyntax.ImplicitVRLittleEndian)),
            Write(SomeDataset.Random(3, DicomTransferSyntax.ExplicitVRBigEndian)), Write(SomeDataset.Random(4, DicomTransferSyntax.DeflatedExplicitVRLittleEndian))];
        if (RealData.IsAvailable)
        {
            sources.AddRange(RealData.FilesUnder("dicom", "files").Where(path => new FileInfo(path).Length < 100_000).Select(File.ReadAllBytes));
        }

        return sources;
    }

    private static int Depth(DicomDataset dataset)
    {
        int depth = 0;
        while (dataset.TryGetNonEmptySequence(DicomTag.ReferencedImageSequence, out DicomSequence sequence))
        {
            dataset = sequence.Items[0];
            depth++;
        }

        return depth;
    }

    private static DicomFile Open(byte[] bytes) => DicomFile.Open(new MemoryStream(bytes));

    private static DicomFile WriteAndRead(DicomDataset dataset) => Open(Write(dataset));

    private static byte[] Write(DicomDataset dataset)
    {
        using var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
    }
}
