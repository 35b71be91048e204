using System.Buffers.Binary;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>
/// JPEG extended sequential with Huffman coding (processes 2 and 4; baseline is a subset): 8 and 12 bits, one component, restart
/// intervals. The inverse DCT is the integer one of the reference software, so the samples are that software's. Source: ITU-T T.81, Annex F.
/// </summary>
internal static class JpegSequentialDecoder
{
    private static readonly byte[] ZigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>Decodes one frame of one component.</summary>
    /// <param name="frame">Samples out, little endian, exactly <paramref name="shape"/>'s bytes.</param>
    /// <exception cref="CodestreamException">Damaged, cut short, colour, another process, or other dimensions than the header's.</exception>
    public static void Decode(ReadOnlySpan<byte> codestream, FrameShape shape, Span<byte> frame)
    {
        var segments = new JpegSegments(codestream);
        var huffman = new JpegHuffmanTable?[2, 4];
        var quantisation = new int[]?[4];
        JpegFrameHeader? header = null;
        int restartInterval = 0;

        while (segments.Next())
        {
            switch (segments.Marker)
            {
                case JpegSegments.DefineHuffman:
                    JpegHuffmanTable.Define(segments.Content, huffman);
                    break;
                case JpegSegments.DefineQuantisation:
                    DefineQuantisation(segments.Content, quantisation);
                    break;
                case JpegSegments.DefineRestart when segments.Content.Length >= 2:
                    restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segments.Content);
                    break;
                case JpegSegments.StartOfScan:
                    Scan scan = ReadScan(segments.Content, header, huffman, quantisation, restartInterval);
                    DecodeScan(new JpegBitReader(codestream, segments.Position), scan, shape, frame);
                    return;
                default:
                    if (segments.IsFrameHeader)
                    {
                        header = ReadHeader(segments, shape);
                    }

                    break;
            }
        }

        throw new CodestreamException("JPEG: the codestream has no scan.");
    }

    private static JpegFrameHeader ReadHeader(JpegSegments segments, FrameShape shape)
    {
        JpegFrameHeader header = JpegFrameHeader.Parse(segments.Marker, segments.Content);
        if (header.Process > 1)
        {
            throw new CodestreamException($"JPEG baseline or extended sequential was announced, the codestream is {header.Name}.");
        }

        shape.Require(header.Name, header.Lines, header.SamplesPerLine, header.Components.Length, header.Precision);
        if (header.Components.Length != 1)
        {
            throw new CodestreamException($"{header.Name}: colour is not supported, only one component.");
        }

        return header.Precision is 8 or 12 ? header : throw new CodestreamException(FormattableString.Invariant(
            $"{header.Name}: {header.Precision} bits per sample; 8 or 12 are defined."));
    }

    private static void DefineQuantisation(ReadOnlySpan<byte> content, int[]?[] tables)
    {
        while (!content.IsEmpty)
        {
            int bytes = 1 + (content[0] >> 4);
            if (bytes > 2 || (content[0] & 15) > 3 || content.Length < 1 + (64 * bytes))
            {
                throw new CodestreamException("JPEG: a quantisation table is damaged.");
            }

            var table = new int[64];  // in the order of the codestream
            for (int i = 0; i < 64; i++)
            {
                table[i] = bytes == 1 ? content[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(content[(1 + (2 * i))..]);
            }

            tables[content[0] & 15] = table;
            content = content[(1 + (64 * bytes))..];
        }
    }

    private static Scan ReadScan(
        ReadOnlySpan<byte> content, JpegFrameHeader? header, JpegHuffmanTable?[,] huffman, int[]?[] quantisation, int restartInterval)
    {
        if (header is null || content.Length < 6 || content[0] != 1)
        {
            throw new CodestreamException("JPEG: the scan header is damaged.");
        }

        JpegComponent component = header.Components[header.IndexOf(content[1])];
        JpegHuffmanTable? dc = huffman[0, (content[2] >> 4) & 3];
        JpegHuffmanTable? ac = huffman[1, content[2] & 3];
        int[]? table = quantisation[component.QuantisationTable & 3];
        return dc is not null && ac is not null && table is not null
            ? new Scan(dc, ac, table, header.Precision, restartInterval)
            : throw new CodestreamException("JPEG: the scan uses a table that is not defined.");
    }

    private static void DecodeScan(JpegBitReader reader, Scan scan, FrameShape shape, Span<byte> frame)
    {
        int blocksPerRow = (shape.Columns + 7) / 8;
        int blockCount = blocksPerRow * ((shape.Rows + 7) / 8);
        int previousDc = 0;
        int[] block = new int[64];
        for (int index = 0; index < blockCount; index++)
        {
            if (scan.RestartInterval > 0 && index > 0 && index % scan.RestartInterval == 0)
            {
                reader.Restart((index / scan.RestartInterval) - 1);
                previousDc = 0;
            }

            DecodeBlock(ref reader, scan, ref previousDc, block);
            if (reader.IsOverrun)
            {
                throw new CodestreamException(FormattableString.Invariant(
                    $"JPEG: the codestream ends in row {8 * (index / blocksPerRow)} of {shape.Rows}."));
            }

            InverseDct.TransformInPlace(block, scan.Precision);
            StoreBlock(block, 8 * (index / blocksPerRow), 8 * (index % blocksPerRow), shape, frame);
        }
    }

    /// <summary>F.2.2: one block of dequantised coefficients, [8 rows, 8 columns].</summary>
    private static void DecodeBlock(ref JpegBitReader reader, Scan scan, ref int previousDc, Span<int> block)
    {
        block.Clear();
        reader.Fill();
        int category = scan.Dc.Decode(ref reader);
        if (category > 15)
        {
            throw new CodestreamException(FormattableString.Invariant($"JPEG: DC category {category} near byte {reader.Position}."));
        }

        previousDc = (short)(previousDc + reader.ReadSigned(category));
        block[0] = previousDc * scan.Quantisation[0];

        for (int k = 1; k < 64; k++)
        {
            reader.Fill();
            int symbol = scan.Ac.Decode(ref reader);
            int run = symbol >> 4;
            int size = symbol & 15;
            if (size == 0 && run != 15)
            {
                break;
            }

            k += run;
            if (size != 0)
            {
                if (k > 63)
                {
                    throw new CodestreamException(FormattableString.Invariant($"JPEG: a run leaves its block near byte {reader.Position}."));
                }

                block[ZigZag[k]] = reader.ReadSigned(size) * scan.Quantisation[k];
            }
        }
    }

    private static void StoreBlock(ReadOnlySpan<int> block, int top, int left, FrameShape shape, Span<byte> frame)
    {
        int rows = Math.Min(8, shape.Rows - top);
        int columns = Math.Min(8, shape.Columns - left);
        for (int row = 0; row < rows; row++)
        {
            int target = ((top + row) * shape.Columns) + left;
            for (int column = 0; column < columns; column++)
            {
                shape.Store(frame, target + column, block[(8 * row) + column]);
            }
        }
    }

    private sealed record Scan(JpegHuffmanTable Dc, JpegHuffmanTable Ac, int[] Quantisation, int Precision, int RestartInterval);
}
