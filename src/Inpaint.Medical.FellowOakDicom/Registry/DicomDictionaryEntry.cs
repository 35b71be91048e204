namespace FellowOakDicom;

/// <summary>What the registry of data elements says of one attribute (PS3.6 §6).</summary>
public sealed class DicomDictionaryEntry
{
    public DicomDictionaryEntry(DicomTag tag, string name, string keyword, DicomVM vm, bool retired, params DicomVR[] vrs)
        : this(name, keyword, vm, retired, vrs) => Tag = tag;

    public DicomDictionaryEntry(DicomMaskedTag tag, string name, string keyword, DicomVM vm, bool retired, params DicomVR[] vrs)
        : this(name, keyword, vm, retired, vrs)
    {
        Tag = tag.Tag;
        MaskTag = tag;
    }

    private DicomDictionaryEntry(string name, string keyword, DicomVM vm, bool retired, DicomVR[] vrs)
    {
        Name = string.IsNullOrWhiteSpace(name) ? "Unknown" : name.Trim();
        Keyword = string.IsNullOrWhiteSpace(keyword) ? Name : keyword.Trim();
        ValueMultiplicity = vm;
        IsRetired = retired;
        ValueRepresentations = vrs;
    }

    public DicomTag Tag { get; }

    /// <summary>The pattern of a repeating group, or null.</summary>
    public DicomMaskedTag MaskTag { get; }

    public string Name { get; }

    public string Keyword { get; }

    public DicomVR[] ValueRepresentations { get; }

    public DicomVM ValueMultiplicity { get; }

    public bool IsRetired { get; }

    public override string ToString() => $"{(object)MaskTag ?? Tag} {Name}";
}
