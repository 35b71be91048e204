namespace FellowOakDicom;

/// <summary>Name of the implementor that reserves a block of private elements (PS3.5 §7.8.1).</summary>
public sealed class DicomPrivateCreator : IEquatable<DicomPrivateCreator>, IComparable<DicomPrivateCreator>, IComparable
{
    public DicomPrivateCreator(string creator) => Creator = creator;

    public string Creator { get; }

    public static bool operator ==(DicomPrivateCreator a, DicomPrivateCreator b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomPrivateCreator a, DicomPrivateCreator b) => !(a == b);

    public static bool operator <(DicomPrivateCreator a, DicomPrivateCreator b) => a is null ? b is not null : a.CompareTo(b) < 0;

    public static bool operator >(DicomPrivateCreator a, DicomPrivateCreator b) => b < a;

    public static bool operator <=(DicomPrivateCreator a, DicomPrivateCreator b) => !(b < a);

    public static bool operator >=(DicomPrivateCreator a, DicomPrivateCreator b) => !(a < b);

    public int CompareTo(DicomPrivateCreator other) => string.CompareOrdinal(Creator, other?.Creator);

    public int CompareTo(object obj) => CompareTo(obj as DicomPrivateCreator);

    public bool Equals(DicomPrivateCreator other) => other is not null && Creator == other.Creator;

    public override bool Equals(object obj) => Equals(obj as DicomPrivateCreator);

    public override int GetHashCode() => Creator.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Creator;
}
