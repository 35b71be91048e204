using System.Buffers.Binary;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>Walks the marker segments of a JPEG codestream. Source: ITU-T T.81, Annex B.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> codestream)
{
    public const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;
    public const byte DefineHuffman = 0xC4, DefineArithmetic = 0xCC, DefineQuantisation = 0xDB, DefineLines = 0xDC, DefineRestart = 0xDD;

    private readonly ReadOnlySpan<byte> data = codestream;

    /// <summary>Where the next marker is looked for; after StartOfScan, the first entropy-coded byte.</summary>
    public int Position { get; set; }

    /// <summary>Code of the segment read last.</summary>
    public byte Marker { get; private set; }

    /// <summary>Content of the segment read last, without its length.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    public readonly bool IsFrameHeader => Marker is >= 0xC0 and <= 0xCF and not (DefineHuffman or 0xC8 or DefineArithmetic);

    /// <summary>Goes to the next marker segment, over any entropy-coded data, and reads it.</summary>
    /// <returns>False at the end of the codestream.</returns>
    public bool Next()
    {
        while (Position + 1 < data.Length)
        {
            if (data[Position] != 0xFF || data[Position + 1] is 0x00 or 0xFF)
            {
                Position++;
                continue;
            }

            Marker = data[Position + 1];
            Position += 2;
            Content = HasContent(Marker) ? ReadContent() : default;
            return true;
        }

        return false;
    }

    private static bool HasContent(byte marker) => marker is not (0x01 or (>= 0xD0 and <= 0xD9));

    private ReadOnlySpan<byte> ReadContent()
    {
        if (data.Length - Position < 2)
        {
            throw Truncated();
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(data[Position..]);
        if (length < 2 || length > data.Length - Position)
        {
            throw Truncated();
        }

        ReadOnlySpan<byte> content = data.Slice(Position + 2, length - 2);
        Position += length;
        return content;
    }

    private readonly CodestreamException Truncated() => new(FormattableString.Invariant(
        $"JPEG: the segment FF{Marker:X2} at byte {Position - 2} is cut short."));
}
