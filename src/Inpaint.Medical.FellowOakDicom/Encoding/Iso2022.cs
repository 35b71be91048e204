using System.Text;

namespace FellowOakDicom;

/// <summary>
/// Code extensions (PS3.5 §6.1.2.5): escapes switch between the sets named in Specific Character Set; the first set is in force at the
/// start and again after every control character, backslash, and the ^ and = of person names.
/// </summary>
internal static class Iso2022
{
    private const byte Esc = 0x1B;

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
                text.Append(Shifted(set.Encoding, "$B", bytes));
                break;
            case CharacterSetKind.Jis0212:
                text.Append(Shifted(set.Encoding, "$(D", bytes));
                break;
            default:
                text.Append(set.Encoding.GetString(bytes));
                break;
        }
    }

    private static string Shifted(Encoding encoding, string escape, ReadOnlySpan<byte> bytes) =>
        encoding.GetString([Esc, .. Encoding.ASCII.GetBytes(escape), .. bytes]);

    private static bool TryEncode(Rune rune, CharacterSet set, out byte[] encoded)
    {
        encoded = null;
        var strict = (Encoding)set.Encoding.Clone();
        strict.EncoderFallback = EncoderFallback.ExceptionFallback;
        try
        {
            byte[] bytes = strict.GetBytes(rune.ToString());
            encoded = set.Kind switch
            {
                CharacterSetKind.Jis0208 => Unshift(bytes, "$B"),
                CharacterSetKind.Jis0212 => Unshift(bytes, "$(D"),
                CharacterSetKind.Katakana => bytes.Length == 1 ? bytes : null,
                CharacterSetKind.DoubleByteG1 => bytes.Length == 2 && bytes[0] > 0xA0 && bytes[1] > 0xA0 ? bytes : null,
                _ => bytes,
            };
        }
        catch (EncoderFallbackException)
        {
            return false;
        }

        return encoded is not null;
    }

    /// <summary>Takes the two bytes from between the escapes that .NET's encoder puts around them.</summary>
    private static byte[] Unshift(byte[] bytes, string escape)
    {
        int start = 1 + escape.Length;
        return bytes.Length >= start + 2 && bytes[0] == Esc && bytes.AsSpan(1, escape.Length).SequenceEqual(Encoding.ASCII.GetBytes(escape))
            ? bytes[start..(start + 2)]
            : null;
    }
}
