namespace FellowOakDicom.Imaging.Codec;

/// <summary>A frame that cannot be coded or decoded: no codec, or a codestream that is damaged or not what the header says.</summary>
public class DicomCodecException : DicomException
{
    public DicomCodecException(string message) : base(message)
    {
    }

    public DicomCodecException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
