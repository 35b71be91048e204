namespace FellowOakDicom;

/// <summary>One entry of a dataset: an element, a sequence, or the fragments of encapsulated pixel data.</summary>
public abstract class DicomItem : IComparable<DicomItem>
{
    protected DicomItem(DicomTag tag) => Tag = tag ?? throw new ArgumentNullException(nameof(tag));

    public DicomTag Tag { get; internal set; }

    public abstract DicomVR ValueRepresentation { get; }

    public int CompareTo(DicomItem other) => other is null ? 1 : Tag.Number != other.Tag.Number ? Tag.Number.CompareTo(other.Tag.Number) : Tag.CompareTo(other.Tag);

    /// <summary>Checks the values against the rules of the value representation and the multiplicity.</summary>
    /// <exception cref="DicomValidationException">A value breaks them.</exception>
    public virtual void Validate()
    {
    }

    public override string ToString() => $"{Tag} {ValueRepresentation.Code} {Tag.DictionaryEntry.Name}";

    /// <summary>Whether tag, representation and content are the same.</summary>
    internal abstract bool HasSameContent(DicomItem other);
}
