using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>
/// JPEG lossless (process 14, all predictors, SV1 included): 2 to 16 bits, any number of components without subsampling, interleaved
/// or one scan per component, point transform, restart intervals. Source: ITU-T T.81, Annex H.
/// </summary>
internal static class JpegLosslessDecoder
{
    private const int LosslessProcess = 3;

    /// <summary>Decodes one frame.</summary>
    /// <param name="frame">Samples out, colour by pixel, little endian, exactly <paramref name="shape"/>'s bytes.</param>
    /// <exception cref="CodestreamException">Damaged, cut short, another process, or other dimensions than the header's.</exception>
    public static void Decode(ReadOnlySpan<byte> codestream, FrameShape shape, Span<byte> frame)
    {
        var segments = new JpegSegments(codestream);
        var tables = new JpegHuffmanTable?[2, 4];
        JpegFrameHeader? header = null;
        int restartInterval = 0;
        int decoded = 0;

        while (decoded < shape.SamplesPerPixel && segments.Next())
        {
            switch (segments.Marker)
            {
                case JpegSegments.DefineHuffman:
                    JpegHuffmanTable.Define(segments.Content, tables);
                    break;
                case JpegSegments.DefineRestart when segments.Content.Length >= 2:
                    restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segments.Content);
                    break;
                case JpegSegments.StartOfScan:
                    LosslessScan scan = LosslessScan.Parse(segments.Content, header, tables, restartInterval);
                    segments.Position = DecodeScan(codestream, segments.Position, scan, shape, frame);
                    decoded += scan.Components.Length;
                    break;
                default:
                    if (segments.IsFrameHeader)
                    {
                        header = ReadHeader(segments, shape);
                    }

                    break;
            }
        }

        if (decoded < shape.SamplesPerPixel)
        {
            throw new CodestreamException("JPEG lossless: the codestream ends before its last scan.");
        }
    }

    private static JpegFrameHeader ReadHeader(JpegSegments segments, FrameShape shape)
    {
        JpegFrameHeader header = JpegFrameHeader.Parse(segments.Marker, segments.Content);
        if (header.Process != LosslessProcess)
        {
            throw new CodestreamException($"JPEG lossless was announced, the codestream is {header.Name}.");
        }

        shape.Require(header.Name, header.Lines, header.SamplesPerLine, header.Components.Length, header.Precision);
        if (header.Components.Any(component => component.Horizontal != header.Components[0].Horizontal
            || component.Vertical != header.Components[0].Vertical))
        {
            throw new CodestreamException("JPEG lossless: subsampled components are not supported.");
        }

        return header;
    }

    /// <returns>Where the scan's entropy-coded data end.</returns>
    private static int DecodeScan(ReadOnlySpan<byte> codestream, int position, LosslessScan scan, FrameShape shape, Span<byte> frame)
    {
        int rowsPerRestart = scan.RowsPerRestart(shape.Columns);
        var reader = new JpegBitReader(codestream, position);
        int width = shape.Columns * scan.Components.Length;
        ushort[] above = new ushort[width];
        ushort[] line = new ushort[width];

        for (int row = 0; row < shape.Rows; row++)
        {
            bool restarted = rowsPerRestart > 0 && row > 0 && row % rowsPerRestart == 0;
            if (restarted)
            {
                reader.Restart((row / rowsPerRestart) - 1);
            }

            DecodeLine(ref reader, scan, line, above, isFirst: row == 0 || restarted);
            if (reader.IsOverrun)
            {
                throw new CodestreamException(FormattableString.Invariant(
                    $"JPEG lossless: the codestream ends in row {row} of {shape.Rows}."));
            }

            StoreLine(line, scan, row, shape, frame);
            (line, above) = (above, line);
        }

        return reader.Position;
    }

    private static void DecodeLine(ref JpegBitReader reader, LosslessScan scan, Span<ushort> line, ReadOnlySpan<ushort> above, bool isFirst)
    {
        int step = scan.Components.Length;
        int component = 0;
        for (int i = 0; i < line.Length; i++)
        {
            // H.1.2.1: the first line is predicted from the left, the first column from above, the very first sample is the middle.
            int prediction = i < step
                ? isFirst ? scan.FirstPrediction : above[i]
                : isFirst ? line[i - step] : Predict(scan.Predictor, line[i - step], above[i], above[i - step]);
            reader.Fill();
            line[i] = (ushort)(prediction + ReadDifference(ref reader, scan.Tables[component]));
            component = component + 1 == step ? 0 : component + 1;
        }
    }

    /// <summary>Table H.1.</summary>
    private static int Predict(int predictor, int left, int above, int aboveLeft) => predictor switch
    {
        1 => left,
        2 => above,
        3 => aboveLeft,
        4 => left + above - aboveLeft,
        5 => left + ((above - aboveLeft) >> 1),
        6 => above + ((left - aboveLeft) >> 1),
        _ => (left + above) >> 1,
    };

    /// <summary>H.1.2.2: category 16 is the difference 32768 and has no further bits.</summary>
    private static int ReadDifference(ref JpegBitReader reader, JpegHuffmanTable table)
    {
        int category = table.Decode(ref reader);
        return category switch
        {
            < 16 => reader.ReadSigned(category),
            16 => 32768,
            _ => throw new CodestreamException(FormattableString.Invariant(
                $"JPEG lossless: difference category {category} near byte {reader.Position}.")),
        };
    }

    private static void StoreLine(ReadOnlySpan<ushort> line, LosslessScan scan, int row, FrameShape shape, Span<byte> frame)
    {
        if (shape is { BytesPerSample: 2, SamplesPerPixel: 1 } && scan.PointTransform == 0 && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(line).CopyTo(frame[(2 * row * shape.Columns)..]);
            return;
        }

        int step = scan.Components.Length;
        for (int c = 0; c < step; c++)
        {
            int target = (row * shape.Columns * shape.SamplesPerPixel) + scan.Components[c];
            for (int i = c; i < line.Length; i += step, target += shape.SamplesPerPixel)
            {
                shape.Store(frame, target, line[i] << scan.PointTransform);
            }
        }
    }
}
