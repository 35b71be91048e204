namespace Inpaint.Medical.Dicom;

/// <summary>What <see cref="Part10PreScan"/> lets pass.</summary>
public sealed record Part10ScanLimits
{
    public static Part10ScanLimits Default { get; } = new();

    /// <summary>Sequences inside sequences.</summary>
    public int Nesting { get; init; } = 64;

    /// <summary>Elements, items and fragments together.</summary>
    public int Elements { get; init; } = 1_000_000;

    /// <summary>Bytes that a deflated data set may have, whatever its ratio.</summary>
    public long InflatedBytes { get; init; } = 512L << 20;

    /// <summary>Inflated bytes per deflated byte, once the data set is larger than <see cref="RatioFreeBytes"/>.</summary>
    public int InflateRatio { get; init; } = 100;

    /// <summary>Inflated bytes up to which any ratio passes: blank images compress a thousandfold.</summary>
    public long RatioFreeBytes { get; init; } = 32L << 20;

    /// <summary>Whether a file that ends inside an element passes, and is only reported.</summary>
    public bool AcceptTruncated { get; init; } = true;
}
