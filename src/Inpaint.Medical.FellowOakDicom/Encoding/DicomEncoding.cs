using System.Collections.Concurrent;
using System.Text;

namespace FellowOakDicom;

/// <summary>Character sets of string values (PS3.5 §6.1, PS3.3 §C.12.1.1.2).</summary>
public static class DicomEncoding
{
    private const int MaximumParsed = 256;

    private static readonly ConcurrentDictionary<string, Encoding> Registered = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Encoding[]> Parsed = new(StringComparer.Ordinal);

    public static readonly Encoding Default = CharacterSet.Ascii.Encoding;

    public static readonly Encoding[] DefaultArray = [Default];

    public static void RegisterEncoding(string charset, string encodingName)
    {
        CharacterSet.OfTerm(charset);
        Registered[charset] = Encoding.GetEncoding(encodingName);
        Parsed.Clear();
    }

    /// <summary>The encoding of a defined term; US-ASCII for an empty or unknown one.</summary>
    public static Encoding GetEncoding(string charset)
    {
        string term = (charset ?? "").Trim(' ', '\0');
        if (term.Length == 0)
        {
            return Default;
        }

        if (Registered.TryGetValue(term, out Encoding registered))
        {
            return registered;
        }

        // Common misspellings of the defined terms: "ISO IR 100", "ISO-IR 100", "ISO_IR_100", "ISO 2022-IR 87".
        CharacterSet set = CharacterSet.OfTerm(term)
            ?? CharacterSet.OfTerm(Respell(term, "ISO_IR")) ?? CharacterSet.OfTerm(Respell(term, "ISO 2022 IR"));
        return set?.Encoding ?? Default;
    }

    /// <summary>The encodings of a multi-valued Specific Character Set; the first is the initial one.</summary>
    public static Encoding[] GetEncodings(string[] charsets)
    {
        if (charsets is null || charsets.Length == 0)
        {
            return DefaultArray;
        }

        return charsets.Length == 1 ? FromElement(charsets[0] ?? "") : [.. charsets.Select(GetEncoding)];
    }

    /// <summary>The defined term of an encoding, with code extensions if <paramref name="extended"/>.</summary>
    public static string GetCharset(Encoding encoding, bool extended = false)
    {
        CharacterSet set = encoding is null ? CharacterSet.Ascii : CharacterSet.OfEncoding(encoding);
        return set is null ? "ISO 2022 IR 6" : extended ? set.Terms[^1] : set.Terms[0];
    }

    /// <summary>The encodings named by the whole text of (0008,0005), backslashes included.</summary>
    internal static Encoding[] FromElement(string text)
    {
        if (Parsed.TryGetValue(text, out Encoding[] known))
        {
            return known;
        }

        Encoding[] encodings = [.. text.Split('\\').Select(GetEncoding)];

        // Files choose the texts, so what they can make us remember is bounded.
        return Parsed.Count < MaximumParsed ? Parsed.GetOrAdd(text, encodings) : encodings;
    }

    internal static string Decode(ReadOnlySpan<byte> bytes, Encoding[] encodings) =>
        bytes.IndexOf((byte)0x1B) < 0 ? DecodePlain(bytes, encodings[0]) : Iso2022.Decode(bytes, encodings);

    internal static byte[] Encode(string text, Encoding[] encodings)
    {
        if (Ascii.IsValid(text))
        {
            return Encoding.ASCII.GetBytes(text);
        }

        return encodings.Length == 1 ? encodings[0].GetBytes(text) : Iso2022.Encode(text, encodings);
    }

    internal static bool Same(Encoding[] a, Encoding[] b)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a is null || b is null || a.Length != b.Length)
        {
            return false;
        }

        for (int i = 0; i < a.Length; i++)
        {
            if (a[i].CodePage != b[i].CodePage)
            {
                return false;
            }
        }

        return true;
    }

    private static string DecodePlain(ReadOnlySpan<byte> bytes, Encoding encoding) =>
        Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes)
        : CharacterSet.OfEncoding(encoding) is { Kind: CharacterSetKind.Jis0208 or CharacterSetKind.Jis0212 } ? Encoding.ASCII.GetString(bytes)
        : encoding.GetString(bytes);

    private static string Respell(string term, string prefix)
    {
        int digits = term.Length;
        while (digits > 0 && char.IsAsciiDigit(term[digits - 1]))
        {
            digits--;
        }

        return $"{prefix} {term[digits..]}";
    }
}
