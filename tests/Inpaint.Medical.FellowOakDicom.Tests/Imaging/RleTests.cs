using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Imaging;

public class RleTests
{
    [Property(MaxTest = 300)]
    public Property WhatIsCodedIsDecodedExactly() => Prop.ForAll(Images().ToArbitrary(), image =>
    {
        DicomDataset coded = image.Clone(DicomTransferSyntax.RLELossless);
        DicomDataset decoded = coded.Clone(DicomTransferSyntax.ExplicitVRLittleEndian);

        var before = DicomPixelData.Create(image);
        var after = DicomPixelData.Create(decoded);
        Assert.Equal(before.NumberOfFrames, after.NumberOfFrames);
        for (int frame = 0; frame < before.NumberOfFrames; frame++)
        {
            Assert.Equal(before.GetFrame(frame).Data, after.GetFrame(frame).Data);
        }
    });

    [Property(MaxTest = 300)]
    public Property SegmentsAreEvenAndNamedInTheHeader() => Prop.ForAll(Images().ToArbitrary(), image =>
    {
        var source = DicomPixelData.Create(image);
        byte[] coded = DicomPixelData.Create(image.Clone(DicomTransferSyntax.RLELossless)).GetFrame(0).Data;

        int segments = source.SamplesPerPixel * source.BytesAllocated;
        Assert.Equal(segments, BitConverter.ToInt32(coded, 0));
        Assert.Equal(64, BitConverter.ToInt32(coded, 4));
        for (int segment = 0; segment < 15; segment++)
        {
            int offset = BitConverter.ToInt32(coded, 4 + (4 * segment));
            Assert.True(segment < segments ? offset % 2 == 0 && offset < coded.Length : offset == 0);
        }
    });

    [Property(MaxTest = 500)]
    public Property AnyBytesAreDecodedOrRefused() => Prop.ForAll(Images().ToArbitrary(), ArbMap.Default.ArbFor<int>(), (image, seed) =>
    {
        DicomDataset coded = image.Clone(DicomTransferSyntax.RLELossless);
        var fragments = coded.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData);
        byte[] bytes = (byte[])fragments.Fragments[0].Data.Clone();
        var random = new System.Random(seed);
        for (int i = 0; i < 4; i++)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        fragments.Fragments[0] = new global::FellowOakDicom.IO.Buffer.MemoryByteBuffer(bytes[..random.Next(bytes.Length + 1)]);
        try
        {
            coded.Clone(DicomTransferSyntax.ExplicitVRLittleEndian);
        }
        catch (DicomCodecException)
        {
            // A typed refusal is the other allowed end.
        }
    });

    [Fact]
    public void TheStandardsExampleOfTwoBytesIsCodedMostSignificantFirst()
    {
        DicomDataset image = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 1, columns: 3).WithPixels([1, 9, 2, 9, 3, 9]);

        byte[] coded = DicomPixelData.Create(image.Clone(DicomTransferSyntax.RLELossless)).GetFrame(0).Data;

        Assert.Equal([0xFE, 9], coded[64..66]);
        Assert.Equal([2, 1, 2, 3], coded[66..70]);
    }

    [Fact]
    public void ASegmentThatEndsTooEarlyIsRefused()
    {
        DicomDataset image = PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows: 8, columns: 8).WithPixels(new byte[128]);
        DicomDataset coded = image.Clone(DicomTransferSyntax.RLELossless);
        var fragments = coded.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData);
        fragments.Fragments[0] = new global::FellowOakDicom.IO.Buffer.RangeByteBuffer(fragments.Fragments[0], 0, 70);

        Assert.Throws<DicomCodecException>(() => coded.Clone(DicomTransferSyntax.ExplicitVRLittleEndian));
    }

    private static Gen<DicomDataset> Images() =>
        from rows in Gen.Choose(1, 9)
        from columns in Gen.Choose(1, 300)
        from bits in Gen.Elements(8, 16)
        from samples in Gen.Elements(1, 3)
        from frames in Gen.Choose(1, 3)
        from planar in Gen.Elements(0, 1)
        from levels in Gen.Elements(1, 2, 200)
        from seed in Gen.Choose(0, int.MaxValue)
        select Image(rows, columns, bits, samples, frames, planar, levels, seed);

    private static DicomDataset Image(int rows, int columns, int bits, int samples, int frames, int planar, int levels, int seed)
    {
        var random = new System.Random(seed);
        byte[] pixels = new byte[rows * columns * bits / 8 * samples * frames];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.Next(levels);
        }

        return PixelDatasets.Header(DicomTransferSyntax.ExplicitVRLittleEndian, rows, columns, bits, samples, frames, planar).WithPixels(pixels);
    }
}
