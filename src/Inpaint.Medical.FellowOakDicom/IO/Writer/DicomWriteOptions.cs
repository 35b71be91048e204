namespace FellowOakDicom.IO.Writer;

public class DicomWriteOptions
{
    public DicomWriteOptions()
    {
    }

    public DicomWriteOptions(DicomWriteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ExplicitLengthSequences = options.ExplicitLengthSequences;
        ExplicitLengthSequenceItems = options.ExplicitLengthSequenceItems;
        KeepGroupLengths = options.KeepGroupLengths;
        LargeObjectSize = options.LargeObjectSize;
    }

    public static DicomWriteOptions Default { get; } = new();

    /// <summary>Whether sequences carry their length instead of a delimiter at the end.</summary>
    public bool ExplicitLengthSequences { get; set; }

    /// <summary>Whether items carry their length instead of a delimiter at the end.</summary>
    public bool ExplicitLengthSequenceItems { get; set; }

    /// <summary>Whether the retired group length elements outside group 0002 are written, with their present values.</summary>
    public bool KeepGroupLengths { get; set; }

    public uint LargeObjectSize { get; set; } = 1024 * 1024;
}
