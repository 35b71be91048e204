namespace FellowOakDicom.IO.Reader;

/// <summary>
/// What input may ask for. Real files stay far below; what goes beyond is an attack or damage and is refused before memory is given to it.
/// </summary>
internal static class ReadLimits
{
    /// <summary>Levels of sequences within each other.</summary>
    public const int Nesting = 64;

    /// <summary>Elements, items and fragments of one file: about 10,000 frames of an enhanced multi-frame image with 100 elements each.</summary>
    public const int Elements = 1_000_000;

    /// <summary>Inflated bytes that any deflated file may have.</summary>
    public const long InflatedBytes = 64L << 20;

    /// <summary>Inflated bytes beyond that for each deflated byte; real images reach about ten.</summary>
    public const int InflateRatio = 30;
}
