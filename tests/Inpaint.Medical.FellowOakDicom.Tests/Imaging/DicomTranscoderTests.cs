using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Imaging;

public class DicomTranscoderTests
{
    private static readonly byte[] Pixels = [.. Enumerable.Range(0, 48).Select(i => (byte)(i / 5))];

    [Fact]
    public void TwoFramesOfSixteenBitsAreTwoFragmentsWithTwoOffsets()
    {
        DicomDataset coded = Image().Clone(DicomTransferSyntax.RLELossless);

        var fragments = coded.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData);
        Assert.Equal(2, fragments.Fragments.Count);
        Assert.Equal(2, fragments.OffsetTable.Count);
        Assert.Equal(DicomTransferSyntax.RLELossless, coded.InternalTransferSyntax);
        Assert.Equal(2, coded.GetSingleValue<int>(DicomTag.NumberOfFrames));
    }

    [Fact]
    public void ASingleFrameIsDecodedAndTheSourceStays()
    {
        DicomDataset coded = Image().Clone(DicomTransferSyntax.RLELossless);

        byte[] frame = new DicomTranscoder(DicomTransferSyntax.RLELossless, DicomTransferSyntax.ExplicitVRLittleEndian).DecodeFrame(coded, 1).Data;

        Assert.Equal(Pixels[24..], frame);
        Assert.Equal(2, coded.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData).Fragments.Count);
        Assert.Equal(2, coded.GetSingleValue<int>(DicomTag.NumberOfFrames));
    }

    [Fact]
    public void UncompressedSyntaxesNeedNoCodec()
    {
        DicomDataset copy = Image().Clone(DicomTransferSyntax.ExplicitVRBigEndian).Clone(DicomTransferSyntax.DeflatedExplicitVRLittleEndian)
            .Clone(DicomTransferSyntax.ImplicitVRLittleEndian);

        Assert.Equal(Pixels, copy.Pixels());
        Assert.Equal(DicomTransferSyntax.ImplicitVRLittleEndian, copy.InternalTransferSyntax);
    }

    [Fact]
    public void WithoutPixelDataOnlyTheSyntaxChanges()
    {
        var dataset = new DicomDataset(DicomTransferSyntax.ExplicitVRLittleEndian).AddOrUpdate(DicomTag.PatientID, "x");

        DicomDataset copy = dataset.Clone(DicomTransferSyntax.JPEG2000Lossless);

        Assert.Equal(DicomTransferSyntax.JPEG2000Lossless, copy.InternalTransferSyntax);
        Assert.Equal("x", copy.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void ASyntaxWithoutCodecThrows()
    {
        Assert.Throws<DicomCodecException>(() => Image().Clone(DicomTransferSyntax.MPEG2));
        Assert.False(new DefaultTranscoderManager().HasCodec(DicomTransferSyntax.MPEG2));
        Assert.Throws<DicomCodecException>(() => new DefaultTranscoderManager().GetCodec(DicomTransferSyntax.MPEG2));
    }

    [Fact]
    public void AFileKeepsItsHeaderAndGetsTheSyntax()
    {
        var file = new DicomFile(Image());

        DicomFile coded = file.Clone(DicomTransferSyntax.RLELossless);
        var stream = new MemoryStream();
        coded.Save(stream);
        stream.Position = 0;
        DicomFile read = DicomFile.Open(stream);

        Assert.Equal(DicomTransferSyntax.RLELossless, read.FileMetaInfo.TransferSyntax);
        Assert.Equal("1.2.3.4", read.Dataset.GetString(DicomTag.SOPInstanceUID));
        Assert.Equal(Pixels, read.Dataset.Clone(DicomTransferSyntax.ExplicitVRLittleEndian).Pixels());
    }

    [Fact]
    public void ARegisteredTableOfCodecsReplacesTheDefault()
    {
        var services = new ServiceCollection().AddFellowOakDicom();
        Assert.IsType<DefaultTranscoderManager>(services.BuildServiceProvider().GetService<ITranscoderManager>());

        services.AddTranscoderManager<NoCodecs>();

        Assert.IsType<NoCodecs>(services.BuildServiceProvider().GetService<ITranscoderManager>());
    }

    private static DicomDataset Image() =>
        PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 3, columns: 4, frames: 2).WithPixels([.. Pixels]);

    private sealed class NoCodecs : TranscoderManager
    {
        public override void LoadCodecs(string? path = null, string? search = null) => Codecs.Clear();
    }
}
