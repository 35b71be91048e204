using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>One RLE frame through fo-dicom's codec, without copying the rest of the data set.</summary>
internal static class RleByLibrary
{
    private const int HighestRatio = 64;  // no two bytes code more than 128

    private static readonly IDicomCodec Codec = new DefaultTranscoderManager().GetCodec(DicomTransferSyntax.RLELossless);

    /// <exception cref="CodestreamException">Damaged, cut short, or of other dimensions than the header's.</exception>
    public static byte[] Decode(byte[] coded, FrameShape shape, bool isPlanar)
    {
        if (shape.ByteCount > Math.Min(int.MaxValue, (long)HighestRatio * coded.Length))
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"RLE: {coded.Length} bytes cannot hold a frame of {shape.ByteCount} bytes."));
        }

        DicomDataset source = Header(DicomTransferSyntax.RLELossless, shape, isPlanar);
        var fragments = new DicomOtherByteFragment(DicomTag.PixelData);
        fragments.Fragments.Add(new MemoryByteBuffer(coded));
        source.AddOrUpdate(fragments);
        DicomPixelData target = DicomPixelData.Create(Header(DicomTransferSyntax.ExplicitVRLittleEndian, shape, isPlanar), newPixelData: true);
        try
        {
            Codec.Decode(DicomPixelData.Create(source), target, Codec.GetDefaultParameters());
            return target.GetFrame(0).Data;
        }
        catch (Exception e) when (e is DicomException or ArgumentException or IndexOutOfRangeException or InvalidOperationException or OverflowException)
        {
            throw new CodestreamException(e is DicomCodecException ? e.Message : "RLE: the frame is damaged.");
        }
    }

    private static DicomDataset Header(DicomTransferSyntax syntax, FrameShape shape, bool isPlanar) => new DicomDataset(syntax)
        .AddOrUpdate(DicomTag.Rows, (ushort)shape.Rows)
        .AddOrUpdate(DicomTag.Columns, (ushort)shape.Columns)
        .AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)shape.SamplesPerPixel)
        .AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)(isPlanar ? 1 : 0))
        .AddOrUpdate(DicomTag.BitsAllocated, (ushort)shape.BitsAllocated)
        .AddOrUpdate(DicomTag.BitsStored, (ushort)shape.BitsAllocated)
        .AddOrUpdate(DicomTag.HighBit, (ushort)(shape.BitsAllocated - 1))
        .AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0)
        .AddOrUpdate(DicomTag.PhotometricInterpretation, shape.SamplesPerPixel == 1 ? "MONOCHROME2" : "RGB");
}
