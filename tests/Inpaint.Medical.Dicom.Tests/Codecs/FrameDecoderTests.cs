using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using Inpaint.Medical.Dicom.Codecs;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

public class FrameDecoderTests
{
    [Fact]
    public void NativeFramesAreCutOutInOrder()
    {
        byte[] pixels = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        DicomDataset dataset = Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 2, columns: 2, bits: 16, frames: 3);
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(pixels)));

        Assert.Equal(pixels[8..16], FrameDecoder.Decode(dataset, 1));
        Assert.Equal(pixels[16..], FrameDecoder.Decode(dataset, 2));
    }

    [Fact]
    public void OddFramesAreCutOut()
    {
        byte[] pixels = [.. Enumerable.Range(0, 28).Select(i => (byte)i)];
        DicomDataset dataset = Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 3, columns: 3, bits: 8, frames: 3);
        dataset.AddOrUpdate(new DicomOtherByte(DicomTag.PixelData, new MemoryByteBuffer(pixels)));

        Assert.Equal(pixels[9..18], FrameDecoder.Decode(dataset, 1));
    }

    [Fact]
    public void ShortPixelDataAreReportedTruncated()
    {
        DicomDataset dataset = Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 4, columns: 4, bits: 16, frames: 1);
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(new byte[30])));

        var e = Assert.Throws<FrameDecodingException>(() => FrameDecoder.Decode(dataset, 0));

        Assert.Equal(FrameFault.Truncated, e.Fault);
        Assert.Contains("32", e.Message, StringComparison.Ordinal);
        Assert.Contains("30", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void AFrameThatIsNotThereIsReportedMissing(int frame)
    {
        DicomDataset dataset = Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 1, columns: 1, bits: 16, frames: 1);
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(new byte[2])));

        Assert.Equal(FrameFault.Missing, Assert.Throws<FrameDecodingException>(() => FrameDecoder.Decode(dataset, frame)).Fault);
    }

    [Fact]
    public void ASyntaxWithoutCodecIsRefusedByName()
    {
        DicomDataset dataset = Header(DicomTransferSyntax.MPEG2, rows: 1, columns: 1, bits: 8, frames: 1);
        dataset.AddOrUpdate(new DicomOtherByteFragment(DicomTag.PixelData));

        var e = Assert.Throws<FrameDecodingException>(() => FrameDecoder.Decode(dataset, 0));

        Assert.Equal(FrameFault.Unsupported, e.Fault);
        Assert.Contains("MPEG2", e.Message, StringComparison.Ordinal);
        Assert.Contains("1.2.840.10008.1.2.4.100", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingLibraryIsRefusedWithThePackageToInstall()
    {
        var library = new NativeCodecLibrary("libnowhere.so.9", "libnowhere9");

        var e = Assert.Throws<MissingCodecException>(() => library.Export("decode"));

        Assert.Contains("install the Debian package libnowhere9", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AHugeFrameInASmallCodestreamIsRefusedBeforeItIsAllocated()
    {
        DicomDataset dataset = Header(DicomTransferSyntax.JPEG2000Lossless, rows: 30000, columns: 30000, bits: 16, frames: 1);
        var fragments = new DicomOtherByteFragment(DicomTag.PixelData);
        fragments.Fragments.Add(new MemoryByteBuffer(new byte[1000]));
        dataset.AddOrUpdate(fragments);

        Assert.Equal(FrameFault.Damaged, Assert.Throws<FrameDecodingException>(() => FrameDecoder.Decode(dataset, 0)).Fault);
    }

    [Fact]
    public void FragmentsThatCannotBeToldApartAreRefused()
    {
        DicomDataset dataset = Header(DicomTransferSyntax.JPEG2000Lossless, rows: 4, columns: 4, bits: 16, frames: 2);
        var fragments = new DicomOtherByteFragment(DicomTag.PixelData);
        for (int i = 0; i < 3; i++)
        {
            fragments.Fragments.Add(new MemoryByteBuffer(new byte[10]));
        }

        dataset.AddOrUpdate(fragments);

        Assert.Equal(FrameFault.Damaged, Assert.Throws<FrameDecodingException>(() => FrameDecoder.Decode(dataset, 0)).Fault);
    }

    [Fact]
    public void TheTableForTheTranscoderHasEveryCodec()
    {
        var codecs = new CodecTranscoderManager();

        Assert.All(FrameCodec.All, codec => Assert.True(codecs.HasCodec(codec.TransferSyntax)));
        Assert.True(codecs.CanTranscode(DicomTransferSyntax.JPEGLSLossless, DicomTransferSyntax.RLELossless));
    }

    [Fact]
    public void ACodecDecodesBehindTheSeamAndRefusesToEncode()
    {
        DicomDataset dataset = DicomFile.Open(RealDicom.File("pydicom-MR_small_jpeg_ls_lossless.dcm")).Dataset;
        var source = FellowOakDicom.Imaging.DicomPixelData.Create(dataset);
        var copy = new DicomDataset(DicomTransferSyntax.ExplicitVRLittleEndian);
        copy.Add(dataset.Where(item => item.Tag != DicomTag.PixelData).ToArray());
        var target = FellowOakDicom.Imaging.DicomPixelData.Create(copy, newPixelData: true);
        IDicomCodec codec = new CodecTranscoderManager().GetCodec(dataset.InternalTransferSyntax);

        codec.Decode(source, target, codec.GetDefaultParameters());

        Assert.Equal(FrameDecoder.Decode(dataset, 0), FrameDecoder.Decode(copy, 0));
        Assert.Throws<DicomCodecException>(() => codec.Encode(target, source, codec.GetDefaultParameters()));
    }

    private static DicomDataset Header(DicomTransferSyntax syntax, int rows, int columns, int bits, int frames) => new DicomDataset(syntax)
        .AddOrUpdate(DicomTag.Rows, (ushort)rows)
        .AddOrUpdate(DicomTag.Columns, (ushort)columns)
        .AddOrUpdate(DicomTag.BitsAllocated, (ushort)bits)
        .AddOrUpdate(DicomTag.NumberOfFrames, frames);
}
