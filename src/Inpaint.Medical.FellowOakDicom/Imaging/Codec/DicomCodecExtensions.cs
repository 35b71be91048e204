namespace FellowOakDicom.Imaging.Codec;

public static class DicomCodecExtensions
{
    /// <summary>A copy in another transfer syntax.</summary>
    /// <exception cref="DicomCodecException">A codec is missing, or a frame cannot be coded or decoded.</exception>
    public static DicomFile Clone(this DicomFile original, DicomTransferSyntax syntax, DicomCodecParams parameters = null) =>
        new DicomTranscoder(original.Dataset.InternalTransferSyntax, syntax, outputCodecParams: parameters).Transcode(original);

    /// <summary>A copy in another transfer syntax.</summary>
    /// <exception cref="DicomCodecException">A codec is missing, or a frame cannot be coded or decoded.</exception>
    public static DicomDataset Clone(this DicomDataset original, DicomTransferSyntax syntax, DicomCodecParams parameters = null) =>
        new DicomTranscoder(original.InternalTransferSyntax, syntax, outputCodecParams: parameters).Transcode(original);
}
