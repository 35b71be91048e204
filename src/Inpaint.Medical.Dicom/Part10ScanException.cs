namespace Inpaint.Medical.Dicom;

/// <summary>Why <see cref="Part10PreScan"/> refuses a file.</summary>
public enum Part10Fault
{
    NestedTooDeep,
    LengthBeyondItem,
    TooManyElements,
    InflatesTooMuch,
    DeflateDamaged,
    Truncated,
}

/// <summary>A file that must not be parsed; says where and why, without any value of it.</summary>
public sealed class Part10ScanException(Part10Fault fault, long byteOffset, string tagPath, string reason)
    : Exception(FormattableString.Invariant($"{reason} (byte {byteOffset}, {tagPath})"))
{
    public Part10Fault Fault { get; } = fault;

    /// <summary>Where the faulty element starts: in the file, or in the inflated data set of a deflated one.</summary>
    public long ByteOffset { get; } = byteOffset;

    /// <summary>Tags from the data set inward with item numbers from 0, as in (0008,1140)[0].(0008,1150).</summary>
    public string TagPath { get; } = tagPath;
}
