namespace FellowOakDicom.Imaging.Codec;

/// <summary>Codes and decodes all frames of one transfer syntax.</summary>
public interface IDicomCodec
{
    string Name { get; }

    DicomTransferSyntax TransferSyntax { get; }

    DicomCodecParams GetDefaultParameters();

    /// <exception cref="DicomCodecException">The frames cannot be coded.</exception>
    void Encode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters);

    /// <exception cref="DicomCodecException">A frame cannot be decoded exactly.</exception>
    void Decode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters);
}
