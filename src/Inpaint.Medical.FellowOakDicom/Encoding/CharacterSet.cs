using System.Text;

namespace FellowOakDicom;

/// <summary>A character set of PS3.3 §C.12.1.1.2: its defined terms, the .NET encoding, and the ISO 2022 escape that selects it.</summary>
/// <param name="Terms">Values of Specific Character Set (0008,0005).</param>
/// <param name="CodePage">Windows code page that decodes its bytes.</param>
/// <param name="Escape">What follows ESC to select it, or null if it has no code extension.</param>
/// <param name="Kind">Where its bytes lie once selected.</param>
internal sealed record CharacterSet(string[] Terms, int CodePage, string Escape, CharacterSetKind Kind)
{
    private static readonly CharacterSet[] All =
    [
        new(["ISO_IR 6", "ISO 2022 IR 6"], 20127, "(B", CharacterSetKind.SingleByte),
        new(["ISO_IR 100", "ISO 2022 IR 100"], 28591, "-A", CharacterSetKind.SingleByte),
        new(["ISO_IR 101", "ISO 2022 IR 101"], 28592, "-B", CharacterSetKind.SingleByte),
        new(["ISO_IR 109", "ISO 2022 IR 109"], 28593, "-C", CharacterSetKind.SingleByte),
        new(["ISO_IR 110", "ISO 2022 IR 110"], 28594, "-D", CharacterSetKind.SingleByte),
        new(["ISO_IR 144", "ISO 2022 IR 144"], 28595, "-L", CharacterSetKind.SingleByte),
        new(["ISO_IR 127", "ISO 2022 IR 127"], 28596, "-G", CharacterSetKind.SingleByte),
        new(["ISO_IR 126", "ISO 2022 IR 126"], 28597, "-F", CharacterSetKind.SingleByte),
        new(["ISO_IR 138", "ISO 2022 IR 138"], 28598, "-H", CharacterSetKind.SingleByte),
        new(["ISO_IR 148", "ISO 2022 IR 148"], 28599, "-M", CharacterSetKind.SingleByte),
        new(["ISO_IR 203", "ISO 2022 IR 203"], 28605, "-b", CharacterSetKind.SingleByte),
        new(["ISO_IR 166", "ISO 2022 IR 166"], 874, "-T", CharacterSetKind.SingleByte),
        new(["ISO_IR 13", "ISO 2022 IR 13"], 932, ")I", CharacterSetKind.Katakana),
        new(["ISO 2022 IR 87"], 50220, "$B", CharacterSetKind.Jis0208),
        new(["ISO 2022 IR 159"], 50221, "$(D", CharacterSetKind.Jis0212),
        new(["ISO 2022 IR 149"], 51949, "$)C", CharacterSetKind.DoubleByteG1),
        new(["ISO 2022 IR 58"], 20936, "$)A", CharacterSetKind.DoubleByteG1),
        new(["ISO_IR 192"], 65001, null, CharacterSetKind.Unicode),
        new(["GB18030"], 54936, null, CharacterSetKind.Unicode),
        new(["GBK"], 936, null, CharacterSetKind.Unicode),
    ];

    private static readonly Dictionary<string, CharacterSet> ByTerm =
        All.SelectMany(set => set.Terms.Select(term => (term, set))).ToDictionary(pair => pair.term, pair => pair.set, StringComparer.Ordinal);

    static CharacterSet() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Made when first asked for: most files need one set.</summary>
    public Encoding Encoding => field ??= CodePage == 65001 ? new UTF8Encoding(false) : Encoding.GetEncoding(CodePage);

    public static CharacterSet Ascii => All[0];

    public static CharacterSet OfTerm(string term) => ByTerm.GetValueOrDefault(term);

    public static CharacterSet OfEncoding(Encoding encoding) =>
        Array.Find(All, set => set.CodePage == encoding.CodePage);

    /// <summary>The set that the bytes after an ESC select, with the number of those bytes; null if none is known.</summary>
    public static CharacterSet OfEscape(ReadOnlySpan<byte> afterEscape, out int length)
    {
        foreach (CharacterSet set in All)
        {
            if (set.Escape is not null && Matches(afterEscape, set.Escape))
            {
                length = set.Escape.Length;
                return set;
            }
        }

        // ISO-IR 14 (JIS X 0201 romaji) and the older form of JIS X 0208 select the same bytes as their successors.
        CharacterSet other = Matches(afterEscape, "(J") ? OfTerm("ISO_IR 13") : Matches(afterEscape, "$@") ? OfTerm("ISO 2022 IR 87") : null;
        length = other is null ? 0 : 2;
        return other;
    }

    private static bool Matches(ReadOnlySpan<byte> bytes, string escape)
    {
        if (bytes.Length < escape.Length)
        {
            return false;
        }

        for (int i = 0; i < escape.Length; i++)
        {
            if (bytes[i] != escape[i])
            {
                return false;
            }
        }

        return true;
    }
}

internal enum CharacterSetKind
{
    /// <summary>ASCII below 128, the set's own characters above.</summary>
    SingleByte,

    /// <summary>JIS X 0201: romaji below, half-width katakana above.</summary>
    Katakana,

    /// <summary>JIS X 0208, two bytes below 128 per character.</summary>
    Jis0208,

    /// <summary>JIS X 0212, two bytes below 128 per character.</summary>
    Jis0212,

    /// <summary>ASCII below 128, two bytes above per character.</summary>
    DoubleByteG1,

    /// <summary>All of Unicode, no escapes.</summary>
    Unicode,
}
