namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>A Huffman table with a direct look-up for short codes. Source: ITU-T T.81, Annex C and F.2.2.3.</summary>
internal sealed class JpegHuffmanTable
{
    private const int FastBits = 9;

    private readonly byte[] symbols;
    private readonly short[] fast = new short[1 << FastBits];  // length << 8 | symbol; 0: a longer code or none
    private readonly int[] limit = new int[17];                // first 16-bit left-aligned code longer than this length
    private readonly int[] offset = new int[17];               // symbol index = code + offset

    private JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        this.symbols = symbols.ToArray();
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++)
        {
            offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, index++, code++)
            {
                if (code >= 1 << length)
                {
                    throw new CodestreamException("JPEG: a Huffman table has more codes than fit.");
                }

                FillFast(code, length, symbols[index]);
            }

            limit[length] = code << (16 - length);
            code <<= 1;
        }
    }

    /// <summary>Reads the tables of a DHT segment into their slots.</summary>
    /// <param name="tables">[class, destination]: 0 DC or lossless, 1 AC; destinations 0 to 3.</param>
    public static void Define(ReadOnlySpan<byte> content, JpegHuffmanTable?[,] tables)
    {
        while (!content.IsEmpty)
        {
            int total = 0;
            for (int i = 1; i <= 16 && i < content.Length; i++)
            {
                total += content[i];
            }

            if (content.Length < 17 + total || total > 256 || content[0] >> 4 > 1 || (content[0] & 15) > 3)
            {
                throw new CodestreamException("JPEG: a Huffman table is damaged.");
            }

            tables[content[0] >> 4, content[0] & 15] = new JpegHuffmanTable(content.Slice(1, 16), content.Slice(17, total));
            content = content[(17 + total)..];
        }
    }

    /// <summary>Takes the next symbol; 16 bits must be ready.</summary>
    /// <exception cref="CodestreamException">The bits are no code of the table.</exception>
    public int Decode(ref JpegBitReader reader)
    {
        int entry = fast[reader.Peek(FastBits)];
        if (entry != 0)
        {
            reader.Skip(entry >> 8);
            return entry & 0xFF;
        }

        int bits = reader.Peek(16);
        for (int length = FastBits + 1; length <= 16; length++)
        {
            if (bits < limit[length])
            {
                reader.Skip(length);
                return symbols[(bits >> (16 - length)) + offset[length]];
            }
        }

        throw new CodestreamException(FormattableString.Invariant($"JPEG: no Huffman code at byte {reader.Position}."));
    }

    private void FillFast(int code, int length, byte symbol)
    {
        if (length <= FastBits)
        {
            fast.AsSpan(code << (FastBits - length), 1 << (FastBits - length)).Fill((short)((length << 8) | symbol));
        }
    }
}
