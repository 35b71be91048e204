namespace FellowOakDicom.Imaging;

/// <summary>(0028,0006): colour by pixel or colour by plane.</summary>
public enum PlanarConfiguration
{
    Interleaved = 0,
    Planar = 1,
}
