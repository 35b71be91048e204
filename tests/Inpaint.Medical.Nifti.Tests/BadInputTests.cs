using System.IO.Compression;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti.Tests;

/// <summary>Every wrong file ends in one line with a stable code.</summary>
public sealed class BadInputTests : TemporaryFolder
{
    public static TheoryData<string, ErrorCode> Wrong => new()
    {
        { "complex64", ErrorCode.NiftiTypeUnsupported },
        { "rgb24", ErrorCode.NiftiTypeUnsupported },
        { "float128", ErrorCode.NiftiTypeUnsupported },
        { "binary", ErrorCode.NiftiTypeUnsupported },
        { "type-undefined", ErrorCode.NiftiHeaderInvalid },
        { "bitpix-lies", ErrorCode.NiftiHeaderInvalid },
        { "no-axes", ErrorCode.NiftiHeaderInvalid },
        { "eight-axes", ErrorCode.NiftiHeaderInvalid },
        { "zero-length-axis", ErrorCode.NiftiHeaderInvalid },
        { "negative-axis", ErrorCode.NiftiHeaderInvalid },
        { "offset-in-header", ErrorCode.NiftiHeaderInvalid },
        { "offset-not-whole", ErrorCode.NiftiHeaderInvalid },
        { "offset-nan", ErrorCode.NiftiHeaderInvalid },
        { "offset-beyond-end", ErrorCode.NiftiDataTruncated },
        { "offset-huge", ErrorCode.NiftiStreamTooLarge },
        { "dims-beyond-end", ErrorCode.NiftiDataTruncated },
        { "dims-huge", ErrorCode.NiftiStreamTooLarge },
        { "dims-overflow-64-bits", ErrorCode.NiftiStreamTooLarge },
        { "voxels-cut", ErrorCode.NiftiDataTruncated },
        { "header-cut", ErrorCode.NiftiDataTruncated },
        { "empty", ErrorCode.NiftiHeaderInvalid },
        { "text", ErrorCode.NiftiHeaderInvalid },
        { "analyze", ErrorCode.NiftiHeaderInvalid },
        { "pair", ErrorCode.NiftiHeaderInvalid },
        { "extension-lies", ErrorCode.NiftiHeaderInvalid },
        { "extension-negative", ErrorCode.NiftiHeaderInvalid },
        { "intercept-nan", ErrorCode.NiftiHeaderInvalid },
        { "sform-nan", ErrorCode.NiftiAffineInvalid },
        { "sform-singular", ErrorCode.NiftiAffineInvalid },
        { "quaternion-too-long", ErrorCode.NiftiAffineInvalid },
        { "quaternion-nan", ErrorCode.NiftiAffineInvalid },
        { "no-spacing", ErrorCode.NiftiAffineInvalid },
        { "two-slices", ErrorCode.TooFewSlices },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongFileIsRefusedInOneLine(string defect, ErrorCode expected)
    {
        string path = PathOf("in.nii");
        File.WriteAllBytes(path, Bytes(defect));
        var refused = Assert.Throws<InpaintException>(() => NiftiSeries.Open(path, new NiftiSelection { Axis = SliceAxis.Z }));
        Assert.Equal(expected, refused.Code);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.StartsWith("in.nii: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dims-huge", ErrorCode.NiftiStreamTooLarge)]
    [InlineData("dims-beyond-end", ErrorCode.NiftiDataTruncated)]
    [InlineData("offset-beyond-end", ErrorCode.NiftiDataTruncated)]
    [InlineData("voxels-cut", ErrorCode.NiftiDataTruncated)]
    public void WrongFileIsRefusedWhenGzipped(string defect, ErrorCode expected)
    {
        string path = PathOf("in.nii.gz");
        Gzip(path, Bytes(defect));
        Assert.Equal(expected, Assert.Throws<InpaintException>(() => NiftiReader.Read(path)).Code);
    }

    [Fact]
    public void MissingFileIsRefused() =>
        Assert.Equal(ErrorCode.PathNotFound, Assert.Throws<InpaintException>(() => NiftiReader.Read(PathOf("none.nii"))).Code);

    [Fact]
    public void FolderIsRefused() =>
        Assert.Equal(ErrorCode.InstanceUnreadable, Assert.Throws<InpaintException>(() => NiftiReader.Read(Folder)).Code);

    [Fact]
    public void BombBehindAnHonestHeaderIsRefused()
    {
        string path = PathOf("bomb.nii.gz");
        Gzip(path, [.. new NiftiBytes().ToArray(), .. new byte[50_000_000]]);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(ErrorCode.NiftiStreamTooLarge, Assert.Throws<InpaintException>(() => NiftiReader.Read(path)).Code);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2_000_000);
    }

    [Fact]
    public void DeclaredSizeIsCheckedBeforeMemoryIsTaken()
    {
        string path = PathOf("liar.nii.gz");
        Gzip(path, new NiftiBytes { Dim = [3, 2000, 2000, 400, 1, 1, 1, 1], Voxels = [1, 2, 3] }.ToArray());
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(ErrorCode.NiftiDataTruncated, Assert.Throws<InpaintException>(() => NiftiReader.Read(path)).Code);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2_000_000);
    }

    [Fact]
    public void CutGzipStreamIsRefused()
    {
        string whole = PathOf("whole.nii.gz");
        Gzip(whole, new NiftiBytes { Dim = [3, 64, 64, 10, 1, 1, 1, 1] }.ToArray());
        byte[] bytes = File.ReadAllBytes(whole);
        string cut = PathOf("cut.nii.gz");
        for (int length = 0; length < bytes.Length - 8; length += Math.Max(1, bytes.Length / 40))
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.InRange((int)Assert.Throws<InpaintException>(() => NiftiReader.Read(cut)).Code, 1007, 1024);
        }
    }

    [Fact]
    public void SpoiledGzipStreamIsRefused()
    {
        string path = PathOf("spoiled.nii.gz");
        Gzip(path, new NiftiBytes { Dim = [3, 64, 64, 10, 1, 1, 1, 1] }.ToArray());
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^6] ^= 0xff; // the checksum
        File.WriteAllBytes(path, bytes);
        Assert.Equal(ErrorCode.NiftiDataTruncated, Assert.Throws<InpaintException>(() => NiftiReader.Read(path)).Code);
    }

    [Fact]
    public void MaskOfAnotherShapeIsRefused()
    {
        string path = new NiftiBytes().Save(Folder);
        string mask = new NiftiBytes { Dim = [3, 4, 3, 6, 1, 1, 1, 1] }.Save(Folder, "mask.nii");
        var refused = Assert.Throws<InpaintException>(() => NiftiSeries.Open(path, new NiftiSelection { MaskPath = mask }));
        Assert.Equal(ErrorCode.MaskShapeMismatch, refused.Code);
        Assert.Contains("4x3x6", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", ErrorCode.SliceNumberOutOfRange)]
    [InlineData("1-9", ErrorCode.SliceNumberOutOfRange)]
    [InlineData("3-1", ErrorCode.UsageInvalid)]
    [InlineData("-1", ErrorCode.UsageInvalid)]
    [InlineData("", ErrorCode.UsageInvalid)]
    [InlineData("1,,2", ErrorCode.UsageInvalid)]
    [InlineData("99999999999", ErrorCode.UsageInvalid)]
    [InlineData("0-4", ErrorCode.NothingVisible)]
    public void ListOfSlicesIsChecked(string missing, ErrorCode expected)
    {
        NiftiSeries series = NiftiSeries.Open(new NiftiBytes().Save(Folder), new NiftiSelection { Missing = missing });
        Assert.Equal(expected, Assert.Throws<InpaintException>(() => series.Build(0)).Code);
    }

    [Fact]
    public void ChangedBytesNeverEndInAnotherException()
    {
        var random = new Random(5);
        byte[] right = new NiftiBytes { Version = 2, Extension = [1, 0, 0, 0, 16, 0, 0, 0, 6, 0, 0, 0, 65, 66, 67, 68, 0, 0, 0, 0] }.ToArray();
        string path = PathOf("fuzzed.nii");
        for (int round = 0; round < 3000; round++)
        {
            byte[] wrong = [.. right];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                wrong[random.Next(560)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, wrong);
            try
            {
                NiftiSeries.Open(path).Build(0);
            }
            catch (InpaintException refused)
            {
                Assert.NotEqual(ErrorCode.None, refused.Code);
            }
        }
    }

    private static byte[] Bytes(string defect) => defect switch
    {
        "complex64" => new NiftiBytes { DataType = 32, BitPix = 64 }.ToArray(),
        "rgb24" => new NiftiBytes { DataType = 128, BitPix = 24 }.ToArray(),
        "float128" => new NiftiBytes { DataType = 1536, BitPix = 128 }.ToArray(),
        "binary" => new NiftiBytes { DataType = 1, BitPix = 1 }.ToArray(),
        "type-undefined" => new NiftiBytes { DataType = 77 }.ToArray(),
        "bitpix-lies" => new NiftiBytes { BitPix = 8 }.ToArray(),
        "no-axes" => new NiftiBytes { Dim = [0, 4, 3, 5, 1, 1, 1, 1] }.ToArray(),
        "eight-axes" => new NiftiBytes { Dim = [8, 4, 3, 5, 1, 1, 1, 1], Voxels = [0] }.ToArray(),
        "zero-length-axis" => new NiftiBytes { Dim = [3, 4, 0, 5, 1, 1, 1, 1] }.ToArray(),
        "negative-axis" => new NiftiBytes { Dim = [3, 4, -3, 5, 1, 1, 1, 1], Voxels = [0] }.ToArray(),
        "offset-in-header" => new NiftiBytes { VoxOffset = 100 }.ToArray(),
        "offset-not-whole" => new NiftiBytes { VoxOffset = 352.5 }.ToArray(),
        "offset-nan" => new NiftiBytes { VoxOffset = double.NaN }.ToArray(),
        "offset-beyond-end" => new NiftiBytes { VoxOffset = 1_000_000 }.ToArray(),
        "offset-huge" => new NiftiBytes { VoxOffset = 1e15 }.ToArray(),
        "dims-beyond-end" => new NiftiBytes { Dim = [3, 400, 300, 5, 1, 1, 1, 1], Voxels = [0] }.ToArray(),
        "dims-huge" => new NiftiBytes { Dim = [4, 32767, 32767, 32767, 9, 1, 1, 1], Voxels = [0] }.ToArray(),
        "dims-overflow-64-bits" => new NiftiBytes { Version = 2, Dim = [4, long.MaxValue, long.MaxValue, 2, long.MaxValue, 1, 1, 1], Voxels = [0] }.ToArray(),
        "voxels-cut" => new NiftiBytes().ToArray()[..^1],
        "header-cut" => new NiftiBytes().ToArray()[..200],
        "empty" => [],
        "text" => [.. "this is no image at all, it only bears the name"u8],
        "analyze" => new NiftiBytes { Magic = [0, 0, 0, 1] }.ToArray(),
        "pair" => new NiftiBytes { Magic = [.. "ni1\0"u8] }.ToArray(),
        "extension-lies" => new NiftiBytes { Extension = [1, 0, 0, 0, 99, 0, 0, 0, 6, 0, 0, 0, 65, 66, 67, 68] }.ToArray(),
        "extension-negative" => new NiftiBytes { Extension = [1, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff, 6, 0, 0, 0, 65, 66, 67, 68] }.ToArray(),
        "intercept-nan" => new NiftiBytes { Slope = 2, Intercept = double.NaN }.ToArray(),
        "sform-nan" => new NiftiBytes { Sform = [-1, 0, 0, double.NaN, 0, 1, 0, 0, 0, 0, 2, 0] }.ToArray(),
        "sform-singular" => new NiftiBytes { Sform = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0] }.ToArray(),
        "quaternion-too-long" => new NiftiBytes { SformCode = 0, QformCode = 1, Qform = [1, 1, 0, 0, 0, 0] }.ToArray(),
        "quaternion-nan" => new NiftiBytes { SformCode = 0, QformCode = 1, Qform = [double.NaN, 0, 0, 0, 0, 0] }.ToArray(),
        "no-spacing" => new NiftiBytes { SformCode = 0, PixDim = [1, 1, 0, 2, 1, 1, 1, 1] }.ToArray(),
        "two-slices" => new NiftiBytes { Dim = [3, 4, 3, 2, 1, 1, 1, 1] }.ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(defect)),
    };

    private static void Gzip(string path, byte[] bytes)
    {
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(bytes);
    }
}
