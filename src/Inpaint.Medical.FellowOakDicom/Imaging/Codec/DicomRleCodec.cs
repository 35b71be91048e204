using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>RLE Lossless, both ways. Source: PS3.5 Annex G.</summary>
internal sealed class DicomRleCodec : IDicomCodec
{
    public string Name => "RLE Lossless";

    public DicomTransferSyntax TransferSyntax => DicomTransferSyntax.RLELossless;

    public DicomCodecParams GetDefaultParameters() => null;

    public void Encode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters)
    {
        for (int frame = 0; frame < oldPixelData.NumberOfFrames; frame++)
        {
            byte[] coded = RleFrame.Encode(oldPixelData.GetFrame(frame).Data, LayoutOf(oldPixelData));
            newPixelData.AddFrame(new MemoryByteBuffer(coded));
        }
    }

    public void Decode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters)
    {
        for (int frame = 0; frame < oldPixelData.NumberOfFrames; frame++)
        {
            byte[] samples = RleFrame.Decode(oldPixelData.GetFrame(frame).Data, LayoutOf(newPixelData));
            newPixelData.AddFrame(new MemoryByteBuffer(samples));
        }
    }

    private static RleLayout LayoutOf(DicomPixelData pixelData) => new(
        pixelData.Height,
        pixelData.Width,
        pixelData.SamplesPerPixel,
        pixelData.BytesAllocated,
        pixelData.PlanarConfiguration == PlanarConfiguration.Planar);
}
