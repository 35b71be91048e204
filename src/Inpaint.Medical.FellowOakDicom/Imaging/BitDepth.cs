namespace FellowOakDicom.Imaging;

/// <summary>How one sample lies in its allocated bits. Source: PS3.5 §8.1.1.</summary>
public class BitDepth
{
    public BitDepth(int allocated, int stored, int highBit, bool signed)
    {
        BitsAllocated = allocated;
        BitsStored = stored;
        HighBit = highBit;
        IsSigned = signed;
    }

    public int BitsAllocated { get; }

    public int BitsStored { get; }

    public int HighBit { get; }

    public bool IsSigned { get; }

    /// <summary>Largest value that the stored bits can hold.</summary>
    public int MaximumValue => GetMaximumValue(BitsStored, IsSigned);

    /// <summary>Smallest value that the stored bits can hold.</summary>
    public int MinimumValue => GetMinimumValue(BitsStored, IsSigned);

    public static int GetMaximumValue(int bitsStored, bool isSigned) =>
        (int)Math.Min(int.MaxValue, (1L << (isSigned ? bitsStored - 1 : bitsStored)) - 1);

    public static int GetMinimumValue(int bitsStored, bool isSigned) => isSigned ? (int)-(1L << (bitsStored - 1)) : 0;

    public override string ToString() =>
        FormattableString.Invariant($"Bits Allocated: {BitsAllocated}; Bits Stored: {BitsStored}; High Bit: {HighBit}; Signed: {IsSigned}");
}
