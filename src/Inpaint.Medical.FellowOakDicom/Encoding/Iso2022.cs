using System.Text;

namespace FellowOakDicom;

/// <summary>
/// Code extensions (PS3.5 §6.1.2.5): escapes switch between the sets named in Specific Character Set; the first set is in force at the
/// start and again after every control character, backslash, and the ^ and = of person names.
/// </summary>
internal static class Iso2022
{
    private const byte Esc = 0x1B;

    private static readonly Lazy<Encoding> JapanesePairs = new(() => Encoding.GetEncoding(20932));

    public static string Decode(ReadOnlySpan<byte> bytes, Encoding[] encodings)
    {
        CharacterSet initial = CharacterSet.OfEncoding(encodings[0]) ?? CharacterSet.Ascii;
        if (initial.Kind is CharacterSetKind.Jis0208 or CharacterSetKind.Jis0212)
        {
            initial = CharacterSet.Ascii;
        }

        CharacterSet current = initial;
        var text = new StringBuilder(bytes.Length);
        int start = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == Esc && CharacterSet.OfEscape(bytes[(i + 1)..], out int length) is { } selected)
            {
                Append(text, bytes[start..i], current);
                current = selected;
                i += length;
                start = i + 1;
            }
            else if (IsDelimiter(bytes[i]) && !IsHalfCharacter(current, i - start))
            {
                Append(text, bytes[start..i], current);
                text.Append((char)bytes[i]);
                current = initial;
                start = i + 1;
            }
        }

        Append(text, bytes[start..], current);
        return text.ToString();
    }

    public static byte[] Encode(string text, Encoding[] encodings)
    {
        CharacterSet[] sets = [.. encodings.Select(encoding => CharacterSet.OfEncoding(encoding) ?? CharacterSet.Ascii)];
        CharacterSet initial = sets[0].Kind is CharacterSetKind.Jis0208 or CharacterSetKind.Jis0212 ? CharacterSet.Ascii : sets[0];
        CharacterSet current = initial;
        using var bytes = new MemoryStream(text.Length * 2);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                if (current != initial && (IsDelimiter((byte)rune.Value) || ShiftsAscii(current)))
                {
                    current = Return(bytes, current, initial);
                }

                bytes.WriteByte((byte)rune.Value);
                continue;
            }

            CharacterSet chosen = Array.Find([current, initial, .. sets], set => TryEncode(rune, set, out _)) ?? current;
            if (chosen != current)
            {
                bytes.WriteByte(Esc);
                bytes.Write(Encoding.ASCII.GetBytes(chosen.Escape ?? "(B"));
                current = chosen;
            }

            bytes.Write(TryEncode(rune, chosen, out byte[] encoded) ? encoded : "?"u8);
        }

        Return(bytes, current, initial);
        return bytes.ToArray();
    }

    /// <summary>Before a delimiter, before ASCII and at the end the bytes below 128 must mean ASCII again.</summary>
    private static CharacterSet Return(MemoryStream bytes, CharacterSet current, CharacterSet initial)
    {
        if (ShiftsAscii(current))
        {
            bytes.WriteByte(Esc);
            bytes.Write(initial.Kind == CharacterSetKind.Katakana ? "(J"u8 : "(B"u8);
        }

        return initial;
    }

    private static bool ShiftsAscii(CharacterSet set) => set.Kind is CharacterSetKind.Jis0208 or CharacterSetKind.Jis0212;

    private static bool IsDelimiter(byte value) => value is (byte)'\\' or (byte)'^' or (byte)'=' or 0x09 or 0x0A or 0x0C or 0x0D;

    /// <summary>In the two-byte sets below 128 a byte that looks like a delimiter may be half a character.</summary>
    private static bool IsHalfCharacter(CharacterSet set, int offset) => ShiftsAscii(set) || (offset < 0);

    private static void Append(StringBuilder text, ReadOnlySpan<byte> bytes, CharacterSet set)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        switch (set.Kind)
        {
            case CharacterSetKind.Jis0208:
                text.Append(DecodePairs(bytes, 0x80));
                break;
            case CharacterSetKind.Jis0212:
                text.Append(DecodePairs(bytes, 0x00));
                break;
            default:
                text.Append(set.Encoding.GetString(bytes));
                break;
        }
    }

    /// <summary>Code page 20932 holds both Japanese sets: the first byte of a pair above 128, the second above for 0208 and below for 0212.</summary>
    private static string DecodePairs(ReadOnlySpan<byte> bytes, byte secondBit)
    {
        byte[] pairs = bytes.ToArray();
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] |= i % 2 == 0 ? (byte)0x80 : secondBit;
        }

        return JapanesePairs.Value.GetString(pairs);
    }

    private static bool TryEncode(Rune rune, CharacterSet set, out byte[] encoded)
    {
        bool isJapanesePair = set.Kind is CharacterSetKind.Jis0208 or CharacterSetKind.Jis0212;
        byte[] bytes = Strict(isJapanesePair ? JapanesePairs.Value : set.Encoding, rune);
        encoded = set.Kind switch
        {
            _ when bytes.Length == 0 => null,
            CharacterSetKind.Jis0208 => IsPair(bytes) && bytes[1] > 0xA0 ? [(byte)(bytes[0] & 0x7F), (byte)(bytes[1] & 0x7F)] : null,
            CharacterSetKind.Jis0212 => IsPair(bytes) && bytes[1] < 0x80 ? [(byte)(bytes[0] & 0x7F), bytes[1]] : null,
            CharacterSetKind.Katakana => bytes.Length == 1 ? bytes : null,
            CharacterSetKind.DoubleByteG1 => IsPair(bytes) && bytes[1] > 0xA0 ? bytes : null,
            _ => bytes,
        };
        return encoded is not null;
    }

    private static bool IsPair(byte[] bytes) => bytes.Length == 2 && bytes[0] > 0xA0;

    /// <summary>The bytes of a character; none if the encoding lacks it.</summary>
    private static byte[] Strict(Encoding encoding, Rune rune)
    {
        var strict = (Encoding)encoding.Clone();
        strict.EncoderFallback = new EncoderReplacementFallback("");
        return strict.GetBytes(rune.ToString());
    }
}
