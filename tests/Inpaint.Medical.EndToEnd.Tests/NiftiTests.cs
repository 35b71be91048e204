using System.Buffers.Binary;
using System.Text.Json;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

public sealed class NiftiTests : IDisposable
{
    private const int Side = 24;
    private const int Slices = 16;
    private const int HeaderBytes = 352;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void ReconstructFillsTheNamedSlicesAndKeepsEveryOtherByte()
    {
        byte[] volume = Write("in.nii", (x, y, z) => (short)((10 * x) + (5 * y) + (20 * z)));

        InpaintProgram.Run("reconstruct", _work.At("in.nii"), "--missing", "5,9-10", "--method", "linear", "-o", _work.At("out.nii")).MustSucceed();

        byte[] result = File.ReadAllBytes(_work.At("out.nii"));
        Assert.Equal(volume.Length, result.Length);
        Assert.Equal(volume[..HeaderBytes], result[..HeaderBytes]);

        // A volume that is linear along z is exactly what linear interpolation gives back.
        Assert.Equal(volume, result);
        using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(_work.At("out.provenance.json")));
        Assert.Equal("Reconstructed", record.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(
            [5, 9, 10],
            record.RootElement.GetProperty("output").EnumerateArray()
                .Where(slice => slice.GetProperty("kind").GetString() == "Synthetic").Select(slice => slice.GetProperty("slice").GetInt32()));
    }

    [Fact]
    public void EmptySlicesAreFoundAndCompressedOutputIsWritten()
    {
        Write("in.nii", (x, y, z) => z == 7 ? (short)0 : (short)(1 + x + y + z));

        ProgramRun run = InpaintProgram.Run("reconstruct", _work.At("in.nii"), "-o", _work.At("out.nii.gz"), "--json").MustSucceed();

        Assert.Equal("inpaint.medical/reconstruct-nifti/1", run.Json.GetProperty("schema").GetString());
        Assert.Equal(7, run.Json.GetProperty("record").GetProperty("choices")[0].GetProperty("targets")[0].GetInt32());
        Assert.True(File.Exists(_work.At("out.nii.gz")));
    }

    [Fact]
    public void UncertaintyLiesBesideTheVolume()
    {
        Write("in.nii", (x, y, z) => (short)((100 * x) + (50 * y) + (20 * z)));

        InpaintProgram.Run("reconstruct", _work.At("in.nii"), "--missing", "7", "--method", "transformer", "--modality", "CT", "--uncertainty", "-o", _work.At("out.nii")).MustSucceed();

        using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(_work.At("out.provenance.json")));
        JsonElement written = record.RootElement.GetProperty("uncertainty");
        Assert.Equal("out.uncertainty.nii.gz", written.GetProperty("location").GetString());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_work.At("out.uncertainty.nii.gz")))), written.GetProperty("sha256").GetString());
        Assert.Equal(["out.nii", "out.provenance.json", "out.uncertainty.nii.gz"], _work.Leftovers("in.nii").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("0-15", "NothingVisible")]
    [InlineData("3,99", "SliceNumberOutOfRange")]
    public void ImpossibleSlicesAreRefused(string slices, string error)
    {
        Write("in.nii", (x, y, z) => (short)(x + y + z));

        InpaintProgram.Run("reconstruct", _work.At("in.nii"), "--missing", slices, "-o", _work.At("out.nii")).MustBeRejected(3, error);

        Assert.Empty(_work.Leftovers("in.nii"));
    }

    [Fact]
    public void ATruncatedFileIsRefused()
    {
        byte[] volume = Write("in.nii", (x, y, z) => (short)(x + y + z));
        File.WriteAllBytes(_work.At("in.nii"), volume[..^100]);

        InpaintProgram.Run("reconstruct", _work.At("in.nii"), "--missing", "3", "-o", _work.At("out.nii")).MustBeRejected(3, "NiftiDataTruncated");
    }

    [Fact]
    public void AMaskRebuildsVoxelsInsideSlicesOfADicomSeries()
    {
        InpaintProgram.Run("sample", "from-nifti", Path.GetFullPath(Named("in.nii")), "-o", _work.At("series")).MustSucceed();
        Write("mask.nii", (x, y, z) => z == 6 && x is > 8 and < 14 && y is > 8 and < 14 ? (short)1 : (short)0);

        InpaintProgram.Run("reconstruct", _work.At("series"), "--mask", _work.At("mask.nii"), "-o", _work.At("out")).MustSucceed();

        using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(_work.At("out", "series-1", "provenance.json")));
        JsonElement repaired = record.RootElement.GetProperty("output").EnumerateArray().Single(slice => slice.GetProperty("kind").GetString() != "Copy");
        Assert.Equal("Repaired", repaired.GetProperty("kind").GetString());
        Assert.Equal(6, repaired.GetProperty("slice").GetInt32());
        Assert.Equal(25, repaired.GetProperty("syntheticVoxels").GetInt32());
    }

    private string Named(string name)
    {
        Write(name, (x, y, z) => (short)(100 + (10 * x) + (5 * y) + (20 * z)));
        return _work.At(name);
    }

    /// <summary>A NIfTI-1 file written by hand from the definition of its header: int16, 2 × 2 × 3 mm.</summary>
    private byte[] Write(string name, Func<int, int, int, short> value)
    {
        var bytes = new byte[HeaderBytes + (Side * Side * Slices * 2)];
        void Int(int at, int number) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), number);
        void Short(int at, short number) => BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at), number);
        void Float(int at, float number) => BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), number);
        Int(0, 348);
        short[] dim = [3, Side, Side, Slices, 1, 1, 1, 1];
        float[] pixdim = [1, 2, 2, 3, 1, 1, 1, 1];
        for (int i = 0; i < 8; i++)
        {
            Short(40 + (2 * i), dim[i]);
            Float(76 + (4 * i), pixdim[i]);
        }

        Short(70, 4);
        Short(72, 16);
        Float(108, HeaderBytes);
        Float(112, 1);
        bytes[123] = 2;
        Short(254, 1);
        Float(280, 2);
        Float(296 + 4, 2);
        Float(312 + 8, 3);
        "n+1\0"u8.CopyTo(bytes.AsSpan(344));
        for (int z = 0; z < Slices; z++)
        {
            for (int y = 0; y < Side; y++)
            {
                for (int x = 0; x < Side; x++)
                {
                    Short(HeaderBytes + (2 * ((((z * Side) + y) * Side) + x)), value(x, y, z));
                }
            }
        }

        File.WriteAllBytes(_work.At(name), bytes);
        return bytes;
    }
}
