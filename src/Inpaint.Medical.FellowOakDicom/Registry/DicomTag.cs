using System.Globalization;

namespace FellowOakDicom;

/// <summary>Group and element number of an attribute and, for a private one, the creator that reserved its block (PS3.5 §7.8).</summary>
public sealed partial class DicomTag : IFormattable, IEquatable<DicomTag>, IComparable<DicomTag>, IComparable
{
    /// <summary>Stands for "no tag".</summary>
    public static readonly DicomTag Unknown = new(0xFFFF, 0xFFFF);

    private static readonly DicomTag[] StandardTags = new DicomTag[StandardCount];

    public DicomTag(ushort group, ushort element) => Number = ((uint)group << 16) | element;

    public DicomTag(ushort group, ushort element, string privateCreator)
        : this(group, element, DicomDictionary.Default.GetPrivateCreator(privateCreator))
    {
    }

    public DicomTag(ushort group, ushort element, DicomPrivateCreator privateCreator)
        : this(group, element) => PrivateCreator = privateCreator;

    internal DicomTag(uint number) => Number = number;

    internal DicomTag(uint number, DicomPrivateCreator privateCreator)
    {
        Number = number;
        PrivateCreator = privateCreator;
    }

    public ushort Group => (ushort)(Number >> 16);

    public ushort Element => (ushort)Number;

    public bool IsPrivate => (Number & 0x10000) != 0;

    public DicomPrivateCreator PrivateCreator { get; internal set; }

    public DicomDictionaryEntry DictionaryEntry => DicomDictionary.Default[this];

    /// <summary>Group in the upper, element in the lower 16 bits.</summary>
    internal uint Number { get; }

    public static implicit operator DicomTag(uint tag) => new(tag);

    public static explicit operator uint(DicomTag tag) => tag.Number;

    public static bool operator ==(DicomTag a, DicomTag b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomTag a, DicomTag b) => !(a == b);

    public static bool operator <(DicomTag a, DicomTag b) => a is null ? b is not null : a.CompareTo(b) < 0;

    public static bool operator <=(DicomTag a, DicomTag b) => a is null || a.CompareTo(b) <= 0;

    public static bool operator >(DicomTag a, DicomTag b) => b < a;

    public static bool operator >=(DicomTag a, DicomTag b) => b <= a;

    /// <summary>Reads <c>ggggeeee</c>, <c>gggg,eeee</c> or <c>(gggg,eeee)</c>, each with an optional <c>:creator</c>.</summary>
    /// <exception cref="DicomDataException">The text is none of these.</exception>
    public static DicomTag Parse(string s)
    {
        if (s is null || s.Length < 8)
        {
            throw new DicomDataException($"Expected a tag like (gggg,eeee), found \"{s}\".");
        }

        string body = s[0] == '(' && s[^1] == ')' ? s[1..^1] : s;
        int colon = body.IndexOf(':', StringComparison.Ordinal);
        string creator = colon < 0 ? null : body[(colon + 1)..];
        string digits = colon < 0 ? body : body[..colon];
        if (digits.Length == 9 && digits[4] == ',')
        {
            digits = digits.Remove(4, 1);
        }

        if (digits.Length != 8 || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number))
        {
            throw new DicomDataException($"Expected a tag like (gggg,eeee), found \"{s}\".");
        }

        return creator is null ? new DicomTag(number) : new DicomTag((ushort)(number >> 16), (ushort)number, creator);
    }

    public bool Equals(DicomTag other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object obj) => Equals(obj as DicomTag);

    public override int GetHashCode() =>
        PrivateCreator is null ? (int)Number : (int)(Number & 0xFFFF00FF) ^ PrivateCreator.GetHashCode();

    public int CompareTo(object obj) => CompareTo(obj as DicomTag);

    /// <summary>By group and element; private tags with creators by creator and offset in its block, whatever the block's number.</summary>
    public int CompareTo(DicomTag other)
    {
        if (other is null)
        {
            return 1;
        }

        bool bothOwned = PrivateCreator is not null && other.PrivateCreator is not null && Group == other.Group;
        if (!bothOwned)
        {
            return Number != other.Number ? Number.CompareTo(other.Number) : (PrivateCreator is null ? 0 : 1) - (other.PrivateCreator is null ? 0 : 1);
        }

        int byCreator = PrivateCreator.CompareTo(other.PrivateCreator);
        return byCreator != 0 ? byCreator : (Element & 0xFF).CompareTo(other.Element & 0xFF);
    }

    public override string ToString() => ToString("G", null);

    /// <summary>"G" (gggg,eeee), "X" the same with <c>xxee</c> for private blocks, "J" GGGGEEEE as in the DICOM JSON model.</summary>
    public string ToString(string format, IFormatProvider formatProvider)
    {
        string creator = PrivateCreator is null ? "" : ":" + PrivateCreator.Creator;
        return format switch
        {
            "X" when PrivateCreator is not null => string.Create(CultureInfo.InvariantCulture, $"({Group:x4},xx{Element & 0xFF:x2}{creator})"),
            "g" => string.Create(CultureInfo.InvariantCulture, $"{Group:x4},{Element:x4}{creator}"),
            "J" => string.Create(CultureInfo.InvariantCulture, $"{Number:X8}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"({Group:x4},{Element:x4}{creator})"),
        };
    }

    /// <summary>The one instance of a standard tag, made when first asked for, so that start-up pays for none of the 5,000.</summary>
    private static DicomTag Standard(int index, uint number) => StandardTags[index] ??= new DicomTag(number);
}
