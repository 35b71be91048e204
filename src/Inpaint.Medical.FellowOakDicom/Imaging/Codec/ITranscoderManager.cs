namespace FellowOakDicom.Imaging.Codec;

/// <summary>The codecs that are at hand.</summary>
public interface ITranscoderManager
{
    bool HasCodec(DicomTransferSyntax syntax);

    /// <summary>Whether both syntaxes are uncompressed or have a codec.</summary>
    bool CanTranscode(DicomTransferSyntax inSyntax, DicomTransferSyntax outSyntax);

    /// <exception cref="DicomCodecException">There is no codec for it.</exception>
    IDicomCodec GetCodec(DicomTransferSyntax syntax);

    void LoadCodecs(string path = null, string search = null);
}
