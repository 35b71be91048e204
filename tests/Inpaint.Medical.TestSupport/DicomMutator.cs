using System.Buffers.Binary;
using System.IO.Compression;

namespace Inpaint.Medical.TestSupport;

/// <summary>
/// Spoils DICOM files in the ways that damage and attackers do: flipped bits, cuts, edited lengths and tags, inserted and repeated parts,
/// nesting bombs and deflate bombs. Works on bytes alone; the same source and seed give the same result.
/// </summary>
public static class DicomMutator
{
    private static readonly uint[] TellingLengths =
        [0, 1, 2, 7, 8, 0xFF, 0x100, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF];

    /// <summary>A spoilt copy of <paramref name="source"/>, or in one case of forty a bomb that owes it nothing.</summary>
    public static byte[] Mutate(ReadOnlySpan<byte> source, int seed)
    {
        var random = new Random(seed);
        switch (random.Next(40))
        {
            case 0:
                return NestingBomb(random.Next(2) == 0, random.Next(1, 200_000));
            case 1:
                return DeflateBomb(random.Next(1, 64) << 20, random.Next(2) == 0);
        }

        byte[] bytes = source.ToArray();
        for (int rounds = random.Next(1, 4); rounds > 0 && bytes.Length > 0; rounds--)
        {
            bytes = MutateOnce(bytes, random);
        }

        return bytes;
    }

    /// <summary>Sequences within each other, none of them closed.</summary>
    /// <param name="isExplicit">Explicit or Implicit VR Little Endian.</param>
    /// <param name="depth">How many.</param>
    public static byte[] NestingBomb(bool isExplicit, int depth)
    {
        using var bytes = new MemoryStream();
        WriteStart(bytes, isExplicit ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2");
        byte[] level = isExplicit
            ? [0x08, 0, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
            : [0x08, 0, 0x40, 0x11, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
        for (int i = 0; i < depth; i++)
        {
            bytes.Write(level);
        }

        return bytes.ToArray();
    }

    /// <summary>A deflated dataset that inflates to many zeros.</summary>
    /// <param name="inflatedBytes">How many.</param>
    /// <param name="asOneValue">Whether they are one value, or elements without end.</param>
    public static byte[] DeflateBomb(int inflatedBytes, bool asOneValue)
    {
        using var bytes = new MemoryStream();
        WriteStart(bytes, "1.2.840.10008.1.2.1.99");
        using (var deflater = new DeflateStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            if (asOneValue)
            {
                deflater.Write([0x42, 0, 0x11, 0, (byte)'O', (byte)'B', 0, 0, 0, 0xFF, 0xFF, 0x7F]);
            }

            byte[] block = asOneValue ? new byte[1 << 16] : Repeat([0x08, 0, 0x05, 0, (byte)'C', (byte)'S', 0, 0], 1 << 13);
            for (int written = 0; written < inflatedBytes; written += block.Length)
            {
                deflater.Write(block);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] MutateOnce(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(9))
        {
            case 0:
                for (int flips = random.Next(1, 32); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 1:
                return bytes[..at];
            case 2:
            case 3:
                EditLength(bytes, random);
                return bytes;
            case 4:
                random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 64), bytes.Length - at)));
                return bytes;
            case 5:
                var inserted = new byte[random.Next(1, 32)];
                random.NextBytes(inserted);
                return [.. bytes[..at], .. inserted, .. bytes[at..]];
            case 6:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 64))..]];
            case 7:
                int length = Math.Min(random.Next(1, 512), bytes.Length - at);
                return [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]];
            default:
                WriteTag(bytes, random);
                return bytes;
        }
    }

    /// <summary>Overwrites a length field: after the letters of a VR if some are found near a random place, else anywhere.</summary>
    private static void EditLength(byte[] bytes, Random random)
    {
        int start = random.Next(bytes.Length);
        for (int i = start; i + 12 <= Math.Min(bytes.Length, start + 4096); i++)
        {
            if (char.IsAsciiLetterUpper((char)bytes[i]) && char.IsAsciiLetterUpper((char)bytes[i + 1]) && bytes[i - Math.Min(i, 1)] < 0x80)
            {
                bool isLong = bytes[i + 2] == 0 && bytes[i + 3] == 0;
                uint length = TellingLengths[random.Next(TellingLengths.Length)];
                if (isLong)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i + 4), length);
                }
                else
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i + 2), (ushort)length);
                }

                return;
            }
        }

        if (bytes.Length >= 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(random.Next(bytes.Length - 3)), TellingLengths[random.Next(TellingLengths.Length)]);
        }
    }

    /// <summary>Puts an item, a delimiter or a sequence where none belongs.</summary>
    private static void WriteTag(byte[] bytes, Random random)
    {
        ReadOnlySpan<byte> tag = random.Next(4) switch
        {
            0 => [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF],
            1 => [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0],
            2 => [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0],
            _ => [0x08, 0, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF],
        };
        int at = random.Next(bytes.Length) & ~1;
        tag[..Math.Min(tag.Length, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
    }

    private static void WriteStart(MemoryStream bytes, string transferSyntax)
    {
        byte[] uid = System.Text.Encoding.ASCII.GetBytes(transferSyntax.Length % 2 == 0 ? transferSyntax : transferSyntax + "\0");
        bytes.Write(new byte[128]);
        bytes.Write("DICM"u8);
        bytes.Write([0x02, 0, 0, 0, (byte)'U', (byte)'L', 4, 0, (byte)(8 + uid.Length), 0, 0, 0]);
        bytes.Write([0x02, 0, 0x10, 0, (byte)'U', (byte)'I', (byte)uid.Length, 0]);
        bytes.Write(uid);
    }

    private static byte[] Repeat(byte[] unit, int times)
    {
        var bytes = new byte[unit.Length * times];
        for (int i = 0; i < times; i++)
        {
            unit.CopyTo(bytes, i * unit.Length);
        }

        return bytes;
    }
}
