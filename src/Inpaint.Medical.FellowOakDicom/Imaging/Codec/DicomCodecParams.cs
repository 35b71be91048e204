namespace FellowOakDicom.Imaging.Codec;

/// <summary>Settings of a codec; each codec has its own derived class, or none.</summary>
public abstract class DicomCodecParams
{
    protected DicomCodecParams()
    {
    }
}
