using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>One of our decoders as fo-dicom takes it. It does not encode.</summary>
internal sealed class CodestreamCodec(FrameCodec codec) : IDicomCodec
{
    public string Name => codec.Name;

    public DicomTransferSyntax TransferSyntax => codec.TransferSyntax;

    public DicomCodecParams? GetDefaultParameters() => null;

    public void Encode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters) =>
        throw new DicomCodecException($"{Name} is decoded only; write {DicomTransferSyntax.RLELossless.UID.Name} or an uncompressed syntax.");

    public void Decode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters)
    {
        var shape = new FrameShape(oldPixelData.Height, oldPixelData.Width, oldPixelData.SamplesPerPixel, oldPixelData.BitsAllocated);
        if (shape.SamplesPerPixel > 1)
        {
            DescribeColour(newPixelData);
        }

        for (int frame = 0; frame < oldPixelData.NumberOfFrames; frame++)
        {
            newPixelData.AddFrame(new MemoryByteBuffer(Decode(oldPixelData.GetFrame(frame).Data, shape)));
        }
    }

    private byte[] Decode(byte[] codestream, FrameShape shape)
    {
        try
        {
            return codec.DecodeToArray(codestream, shape);
        }
        catch (CodestreamException e)
        {
            throw new DicomCodecException(e.Message, e);
        }
    }

    // The decoders give colour by pixel, and JPEG 2000's own colour transforms are undone (PS3.5, 8.2.4).
    private static void DescribeColour(DicomPixelData decoded)
    {
        decoded.PlanarConfiguration = PlanarConfiguration.Interleaved;
        if (decoded.PhotometricInterpretation is { Value: "YBR_RCT" or "YBR_ICT" })
        {
            decoded.PhotometricInterpretation = PhotometricInterpretation.Rgb;
        }
    }
}
