using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Imaging;

public class DicomPixelDataTests
{
    [Fact]
    public void AttributesAreReadFromTheDataset()
    {
        DicomDataset dataset = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 3, columns: 5).WithPixels(new byte[30]);
        dataset.AddOrUpdate(DicomTag.BitsStored, (ushort)12).AddOrUpdate(DicomTag.HighBit, (ushort)11)
            .AddOrUpdate(DicomTag.PixelRepresentation, (ushort)1);

        var pixels = DicomPixelData.Create(dataset);

        Assert.Equal((3, 5, 1, 1), (pixels.Height, pixels.Width, pixels.SamplesPerPixel, pixels.NumberOfFrames));
        Assert.Equal((16, 12, 11), (pixels.BitsAllocated, pixels.BitsStored, pixels.HighBit));
        Assert.Equal(PixelRepresentation.Signed, pixels.PixelRepresentation);
        Assert.Equal(PlanarConfiguration.Interleaved, pixels.PlanarConfiguration);
        Assert.Equal(PhotometricInterpretation.Monochrome2, pixels.PhotometricInterpretation);
        Assert.Equal((-2048, 2047), (pixels.BitDepth.MinimumValue, pixels.BitDepth.MaximumValue));
        Assert.Equal(2, pixels.BytesAllocated);
        Assert.Equal(30, pixels.UncompressedFrameSize);
        Assert.False(pixels.IsLossy);
    }

    [Theory]
    [InlineData(1, 10, 10, 1, 13)]
    [InlineData(8, 3, 3, 3, 27)]
    [InlineData(16, 2, 3, 1, 12)]
    [InlineData(32, 2, 2, 1, 16)]
    public void AFrameHasItsBytes(int bits, int rows, int columns, int samples, int expected)
    {
        DicomDataset dataset = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows, columns, bits, samples);

        Assert.Equal(expected, DicomPixelData.Create(dataset, newPixelData: true).UncompressedFrameSize);
    }

    [Theory]
    [InlineData(8, "OB")]
    [InlineData(16, "OW")]
    public void NewNativePixelDataCountFramesAndHaveTheirVr(int bits, string vr)
    {
        DicomDataset dataset = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 1, columns: 2, bits: bits, frames: 7);
        var pixels = DicomPixelData.Create(dataset, newPixelData: true);
        Assert.Equal(0, pixels.NumberOfFrames);

        pixels.AddFrame(new MemoryByteBuffer(new byte[2 * bits / 8]));

        Assert.Equal(1, pixels.NumberOfFrames);
        Assert.Equal(vr, dataset.GetDicomItem<DicomItem>(DicomTag.PixelData).ValueRepresentation.Code);
    }

    [Fact]
    public void ImplicitVrIsAlwaysOw()
    {
        DicomDataset dataset = PixelDatasets.Header(DicomTransferSyntax.ImplicitVRLittleEndian, rows: 1, columns: 2, bits: 8);

        DicomPixelData.Create(dataset, newPixelData: true);

        Assert.IsType<DicomOtherWord>(dataset.GetDicomItem<DicomItem>(DicomTag.PixelData));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 28)]
    public void OddNativePixelDataArePaddedOnce(int frames, int length)
    {
        DicomDataset dataset = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 3, columns: 3, bits: 8);
        var pixels = DicomPixelData.Create(dataset, newPixelData: true);
        for (int i = 0; i < frames; i++)
        {
            pixels.AddFrame(new MemoryByteBuffer([.. Enumerable.Repeat((byte)(i + 1), 9)]));
        }

        Assert.Equal(length, dataset.Pixels().Length);
        Assert.Equal(frames, pixels.GetFrame(frames - 1).Data.Distinct().Single());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void AFrameOutOfRangeThrows(int frame)
    {
        DicomDataset dataset = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 1, columns: 1, frames: 2).WithPixels(new byte[4]);

        Assert.Throws<IndexOutOfRangeException>(() => DicomPixelData.Create(dataset).GetFrame(frame));
    }

    [Fact]
    public void ADatasetWithoutPixelDataThrows() => Assert.Throws<DicomImagingException>(
        () => DicomPixelData.Create(PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 1, columns: 1)));

    [Fact]
    public void CompressedPixelDataOf32BitsThrow() => Assert.Throws<DicomImagingException>(
        () => DicomPixelData.Create(PixelDatasets.Header(DicomTransferSyntax.RLELossless, rows: 1, columns: 1, bits: 32), newPixelData: true));

    [Fact]
    public void BitsThatAreNotAllocatedThrow()
    {
        DicomDataset dataset = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 1, columns: 1).WithPixels(new byte[2]);
        var pixels = DicomPixelData.Create(dataset);

        Assert.Throws<DicomImagingException>(() => pixels.BitsStored = 17);
        Assert.Throws<DicomImagingException>(() => pixels.HighBit = 16);
    }

    [Fact]
    public void OneFragmentPerFrameNeedsNoOffsets()
    {
        var pixels = DicomPixelData.Create(Encapsulated(frames: 2).WithFragments([], [1, 1], [2, 2]));

        Assert.Equal([2, 2], pixels.GetFrame(1).Data);
    }

    [Fact]
    public void OneFrameTakesAllFragments()
    {
        var pixels = DicomPixelData.Create(Encapsulated(frames: 1).WithFragments([], [1, 2], [3, 4], [5, 6]));

        Assert.Equal([1, 2, 3, 4, 5, 6], pixels.GetFrame(0).Data);
    }

    [Fact]
    public void OffsetsTellTheFragmentsOfEachFrame()
    {
        var pixels = DicomPixelData.Create(Encapsulated(frames: 2).WithFragments([0, 20], [1, 2], [3, 4], [5, 6], [7, 8], [9, 10]));

        Assert.Equal([1, 2, 3, 4], pixels.GetFrame(0).Data);
        Assert.Equal([5, 6, 7, 8, 9, 10], pixels.GetFrame(1).Data);
    }

    [Fact]
    public void FramesOfSeveralFragmentsWithoutOffsetsThrow() => Assert.Throws<DicomImagingException>(
        () => DicomPixelData.Create(Encapsulated(frames: 2).WithFragments([], [1, 2], [3, 4], [5, 6])).GetFrame(0));

    [Fact]
    public void OffsetsThatAreNoFragmentsThrow() => Assert.Throws<DicomImagingException>(
        () => DicomPixelData.Create(Encapsulated(frames: 2).WithFragments([0, 7], [1, 2], [3, 4], [5, 6])).GetFrame(1));

    [Fact]
    public void AddedFramesFillTheOffsetTable()
    {
        DicomDataset dataset = Encapsulated(frames: 9);
        var pixels = DicomPixelData.Create(dataset, newPixelData: true);

        pixels.AddFrame(new MemoryByteBuffer([1, 2, 3]));
        pixels.AddFrame(new MemoryByteBuffer([4, 5]));

        var fragments = dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData);
        Assert.Equal(2, pixels.NumberOfFrames);
        Assert.Equal([0u, 12u], fragments.OffsetTable);
        Assert.Equal(4, fragments.Fragments[0].Size);
    }

    [Fact]
    public void PhotometricInterpretationsAreParsedByValue()
    {
        Assert.Same(PhotometricInterpretation.YbrFull422, PhotometricInterpretation.Parse("YBR_FULL_422 "));
        Assert.True(PhotometricInterpretation.Rgb.IsColor);
        Assert.False(PhotometricInterpretation.Monochrome1.IsColor);
        Assert.Throws<DicomImagingException>(() => PhotometricInterpretation.Parse("GREEN"));
    }

    private static DicomDataset Encapsulated(int frames) =>
        PixelDatasets.Header(DicomTransferSyntax.JPEG2000Lossless, rows: 4, columns: 4, frames: frames);
}
