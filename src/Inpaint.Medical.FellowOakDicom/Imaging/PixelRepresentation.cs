namespace FellowOakDicom.Imaging;

/// <summary>(0028,0103).</summary>
public enum PixelRepresentation
{
    Unsigned = 0,
    Signed = 1,
}
