using FellowOakDicom;
using FellowOakDicom.Imaging;
using Inpaint.Medical.Dicom.Codecs;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

/// <summary>Damaged codestreams: each decoder ends in samples or a typed refusal, soon, and touches no memory that is not its own.</summary>
public class CodecFuzzTests
{
    public static TheoryData<string> Files =>
    [
        "pydicomdata-JPGLosslessP14SV1_1s_1f_8b.dcm",
        "siemens-multi-fragment-jpeg-sv1.dcm",
        "pydicom-JPGExtended.dcm",
        "pydicom-MR_small_jpeg_ls_lossless.dcm",
        "pydicom-JPEGLSNearLossless_16.dcm",
        "pydicom-MR_small_jp2klossless.dcm",
        "pydicom-JPEG2000.dcm",
        "pydicom-MR_small_RLE.dcm",
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void DamagedCodestreamsAreDecodedOrRefused(string name)
    {
        DicomDataset dataset = DicomFile.Open(RealDicom.File(name)).Dataset;
        DicomPixelData pixels = DicomPixelData.Create(dataset);
        Fuzz(pixels.GetFrame(0).Data, Decoder(dataset.InternalTransferSyntax), ShapeOf(pixels), 150);
    }

    [Fact]
    public void DamagedBaselineIsDecodedOrRefused()
    {
        using var folder = new TemporaryFolder();
        Peer.Run("dcmcjpeg", "+eb", "+q", "80", RealDicom.File("pydicom-image_dfl.dcm"), folder["coded.dcm"]);
        DicomPixelData pixels = DicomPixelData.Create(DicomFile.Open(folder["coded.dcm"]).Dataset);
        Fuzz(pixels.GetFrame(0).Data, JpegBaselineDecoder.Decode, ShapeOf(pixels), 150);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void CodestreamsCutToHalfAreRefused(string name)
    {
        DicomDataset dataset = DicomFile.Open(RealDicom.File(name)).Dataset;
        DicomPixelData pixels = DicomPixelData.Create(dataset);
        byte[] codestream = pixels.GetFrame(0).Data;
        FrameShape shape = ShapeOf(pixels);

        Assert.Throws<CodestreamException>(() =>
            Decoder(dataset.InternalTransferSyntax)(codestream.AsSpan(0, codestream.Length / 2), shape, new byte[shape.ByteCount]));
    }

    private static void Fuzz(byte[] codestream, DecodeFrame decode, FrameShape shape, int rounds)
    {
        var random = new Random(codestream.Length);
        byte[] guarded = new byte[shape.ByteCount + 64];
        for (int i = 0; i < rounds; i++)
        {
            byte[] damaged = Mutation.Of(codestream, random);
            TimeSpan took = ThreadClock.Measure(() => DecodeOrRefuse(damaged, decode, shape, guarded), TimeSpan.FromSeconds(1));
            Assert.True(took.TotalSeconds < 1, $"round {i} took longer than a second of processor time");
            Assert.All(guarded[^64..], value => Assert.Equal(0, value));
        }
    }

    private static void DecodeOrRefuse(byte[] codestream, DecodeFrame decode, FrameShape shape, byte[] guarded)
    {
        try
        {
            decode(codestream, shape, guarded.AsSpan(0, (int)shape.ByteCount));
        }
        catch (CodestreamException)
        {
            // A typed refusal is the other allowed end.
        }
    }

    private static DecodeFrame Decoder(DicomTransferSyntax syntax) => FrameCodec.Find(syntax)?.Decode
        ?? ((codestream, shape, frame) => RleByLibrary.Decode(codestream.ToArray(), shape, isPlanar: false).CopyTo(frame));

    private static FrameShape ShapeOf(DicomPixelData pixels) =>
        new(pixels.Height, pixels.Width, pixels.SamplesPerPixel, pixels.BitsAllocated);
}
