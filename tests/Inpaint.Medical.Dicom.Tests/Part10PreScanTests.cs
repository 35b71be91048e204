using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests;

public class Part10PreScanTests
{
    private const uint Sequence = 0x00081140, Item = 0xFFFEE000, ItemEnd = 0xFFFEE00D, SequenceEnd = 0xFFFEE0DD, PixelData = 0x7FE00010;

    [Fact]
    public void EveryRealFilePasses()
    {
        var refused = new List<string>();
        foreach (string path in RealDicom.Files())
        {
            try
            {
                Part10PreScan.Check(path);
            }
            catch (Part10ScanException e)
            {
                refused.Add($"{Path.GetFileName(path)}: {e.Message}");
            }
        }

        Assert.Empty(refused);
    }

    [Fact]
    // pydicom-no_meta.dcm begins with a stray byte, so that no tag of it is where it should be; DCMTK stops there too.
    public void OnlyFilesThatAreCutShortAreReportedTruncated()
    {
        string[] truncated = [.. RealDicom.Files()
            .Where(path => Part10PreScan.Check(path).Truncation is not null)
            .Select(path => Path.GetFileName(path)!)];

        string[] expected =
        [
            "pydicom-MR_truncated.dcm", "pydicom-no_meta.dcm", "pydicom-rtplan_truncated.dcm",
            "pydicomdata-emri_small_jpeg_2k_lossless_too_short.dcm",
        ];
        Assert.Equal(expected, truncated);
    }

    [Theory]
    [InlineData(64, "explicit")]
    [InlineData(64, "implicit")]
    [InlineData(64, "unknown")]
    public void SixtyFourNestedSequencesPass(int depth, string form)
    {
        Part10ScanReport report = Check(Nested(depth, form));

        Assert.Equal(depth, report.DeepestNesting);
        Assert.Null(report.Truncation);
    }

    [Theory]
    [InlineData(65, "explicit")]
    [InlineData(65, "implicit")]
    [InlineData(65, "unknown")]
    [InlineData(100_000, "explicit")]
    [InlineData(100_000, "implicit")]
    [InlineData(100_000, "unknown")]
    public void DeeperNestingIsRefusedWithItsPlace(int depth, string form)
    {
        var fault = Assert.Throws<Part10ScanException>(() => Check(Nested(depth, form)));

        Assert.Equal(Part10Fault.NestedTooDeep, fault.Fault);
        Assert.True(fault.ByteOffset > 0);
        Assert.StartsWith("(0008,1140)[0].(0008,1140)[0].", fault.TagPath, StringComparison.Ordinal);
    }

    [Fact]
    public void NestingIsSeenInValuesOfDefinedLengthWhoseVrHidesIt()
    {
        byte[] value = [];
        for (int i = 0; i < 70; i++)
        {
            value = [.. new DicomBytes().ImplicitHeader(0x00091001, (uint)value.Length + 8)
                .ImplicitHeader(Item, (uint)value.Length).ToArray(), .. value];
        }

        byte[] file = DicomBytes.File(DicomBytes.ExplicitUid).Explicit(0x00091001, "UN", value.AsSpan(8)).ToArray();

        Assert.Equal(Part10Fault.NestedTooDeep, Assert.Throws<Part10ScanException>(() => Check(file)).Fault);
    }

    [Fact]
    public void AValueThatOnlyLooksLikeASequenceIsGoneOver()
    {
        byte[] value = new DicomBytes().ImplicitHeader(Item, 0x10000).Raw(new byte[16]).ToArray();
        byte[] file = DicomBytes.File(DicomBytes.ExplicitUid).Explicit(0x00091001, "UN", value)
            .Explicit(0x00100020, "LO", "ID"u8).ToArray();

        Assert.Null(Check(file).Truncation);
    }

    [Fact]
    public void ALengthBeyondItsItemIsRefusedWithItsPlace()
    {
        byte[] file = DicomBytes.File(DicomBytes.ExplicitUid)
            .ExplicitHeader(Sequence, "SQ", 18).ImplicitHeader(Item, 10).Explicit(0x00081150, "UI", "12"u8)
            .ExplicitHeader(Sequence + 1, "SQ", 18).ImplicitHeader(Item, 10).ExplicitHeader(0x00081150, "UI", 40)
            .Raw(new byte[100]).ToArray();

        var fault = Assert.Throws<Part10ScanException>(() => Check(file));

        Assert.Equal(Part10Fault.LengthBeyondItem, fault.Fault);
        Assert.Equal("(0008,1141)[0].(0008,1150)", fault.TagPath);
    }

    [Fact]
    public void ALengthBeyondTheFileIsReportedOrRefused()
    {
        byte[] file = DicomBytes.File(DicomBytes.ExplicitUid).ExplicitHeader(PixelData, "OW", 4_000_000_000).Raw(new byte[10]).ToArray();

        Part10ScanException truncation = Check(file).Truncation!;
        Assert.Equal(Part10Fault.Truncated, truncation.Fault);
        Assert.Equal("(7FE0,0010)", truncation.TagPath);
        Assert.Equal(file.Length - 10, truncation.ByteOffset);

        var strict = new Part10ScanLimits { AcceptTruncated = false };
        Assert.Throws<Part10ScanException>(() => Part10PreScan.Check(new MemoryStream(file), strict));
    }

    [Fact]
    public void FragmentsThatHoldDelimitersAreGoneOverByLength()
    {
        byte[] fragment = new DicomBytes().ImplicitHeader(SequenceEnd, 0).ImplicitHeader(SequenceEnd, 0).ToArray();
        byte[] file = DicomBytes.File("1.2.840.10008.1.2.4.90").ExplicitHeader(PixelData, "OB", DicomBytes.Undefined)
            .ImplicitHeader(Item, 0).ImplicitHeader(Item, (uint)fragment.Length).Raw(fragment).ImplicitHeader(SequenceEnd, 0)
            .Explicit(0xFFFCFFFC, "OB", new byte[4]).ToArray();

        Part10ScanReport report = Check(file);

        Assert.Null(report.Truncation);
        Assert.Equal(6, report.ElementCount);
    }

    [Fact]
    public void TooManyElementsAreRefused()
    {
        byte[] file = DicomBytes.File(DicomBytes.ImplicitUid).Repeat(1_000_001, b => b.ImplicitHeader(0x00090010, 0)).ToArray();

        Assert.Equal(Part10Fault.TooManyElements, Assert.Throws<Part10ScanException>(() => Check(file)).Fault);
    }

    [Fact]
    public void ADeflateBombIsRefusedBeforeItIsInflatedInFull()
    {
        var content = new DicomBytes().Explicit(PixelData, "OB", new byte[100 << 20]);
        byte[] file = DicomBytes.File(DicomBytes.DeflatedUid).Deflated(content).ToArray();

        var fault = Assert.Throws<Part10ScanException>(() => Check(file));

        Assert.Equal(Part10Fault.InflatesTooMuch, fault.Fault);
        Assert.True(fault.ByteOffset < 40 << 20);
    }

    [Fact]
    public void ABlankDeflatedImagePasses()
    {
        var content = new DicomBytes().Explicit(PixelData, "OW", new byte[8 << 20]);

        Assert.Null(Check(DicomBytes.File(DicomBytes.DeflatedUid).Deflated(content).ToArray()).Truncation);
    }

    [Fact]
    public void DamagedDeflateIsRefused()
    {
        byte[] file = DicomBytes.File(DicomBytes.DeflatedUid).Raw([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4]).ToArray();

        Assert.Equal(Part10Fault.DeflateDamaged, Assert.Throws<Part10ScanException>(() => Check(file)).Fault);
    }

    [Fact]
    public void TheStreamIsBroughtBack()
    {
        var stream = new MemoryStream([1, 2, 3, .. DicomBytes.File(DicomBytes.ExplicitUid).Explicit(0x00100020, "LO", "ID"u8).ToArray()])
        {
            Position = 3,
        };

        Assert.Equal(2, Part10PreScan.Check(stream).ElementCount);
        Assert.Equal(3, stream.Position);
    }

    [Fact]
    public void MutatedFilesAreRefusedOrPassWithinASecond()
    {
        var random = new Random(9);
        string[] seeds = [.. RealDicom.Files().Where(path => new FileInfo(path).Length < 200_000)];
        Assert.SkipWhen(seeds.Length == 0, "No small real files.");
        for (int i = 0; i < 2000; i++)
        {
            byte[] file = DicomMutator.Mutate(File.ReadAllBytes(seeds[random.Next(seeds.Length)]), i);
            TimeSpan took = ThreadClock.Measure(() => CheckOrRefuse(file), TimeSpan.FromSeconds(1));
            Assert.True(took.TotalSeconds < 1, $"mutation {i}");
        }
    }

    private static void CheckOrRefuse(byte[] file)
    {
        try
        {
            Check(file);
        }
        catch (Part10ScanException)
        {
            // A typed refusal is the other allowed end.
        }
    }

    private static Part10ScanReport Check(byte[] file) => Part10PreScan.Check(new MemoryStream(file));

    private static byte[] Nested(int depth, string form) => form switch
    {
        "implicit" => DicomBytes.File(DicomBytes.ImplicitUid)
            .Repeat(depth, b => b.ImplicitHeader(Sequence, DicomBytes.Undefined).ImplicitHeader(Item, DicomBytes.Undefined))
            .Repeat(depth, CloseOne).ToArray(),
        "unknown" => DicomBytes.File(DicomBytes.ExplicitUid).ExplicitHeader(Sequence, "UN", DicomBytes.Undefined).ImplicitHeader(Item, DicomBytes.Undefined)
            .Repeat(depth - 1, b => b.ImplicitHeader(Sequence, DicomBytes.Undefined).ImplicitHeader(Item, DicomBytes.Undefined))
            .Repeat(depth, CloseOne).ToArray(),
        _ => DicomBytes.File(DicomBytes.ExplicitUid)
            .Repeat(depth, b => b.ExplicitHeader(Sequence, "SQ", DicomBytes.Undefined).ImplicitHeader(Item, DicomBytes.Undefined))
            .Repeat(depth, CloseOne).ToArray(),
    };

    private static void CloseOne(DicomBytes bytes) => bytes.ImplicitHeader(ItemEnd, 0).ImplicitHeader(SequenceEnd, 0);
}
