using System.Buffers;
using System.Buffers.Binary;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>One RLE frame: a header of 16 numbers, then PackBits segments. Source: PS3.5 §G.3 to G.5.</summary>
internal static class RleFrame
{
    private const int HeaderSize = 64;
    private const int MostSegments = 15;
    private const int LongestRun = 128;

    /// <exception cref="DicomCodecException">Damaged, cut short, or of other dimensions than the header's.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> coded, RleLayout layout)
    {
        if (coded.Length < HeaderSize)
        {
            throw new DicomCodecException(FormattableString.Invariant($"RLE: the frame has {coded.Length} bytes, its header alone {HeaderSize}."));
        }

        // No two bytes code more than 128.
        if (layout.FrameSize > (long)coded.Length * LongestRun / 2)
        {
            throw new DicomCodecException(FormattableString.Invariant(
                $"RLE: {coded.Length} bytes cannot hold a frame of {layout.FrameSize} bytes."));
        }

        uint segments = BinaryPrimitives.ReadUInt32LittleEndian(coded);
        if (segments != layout.SegmentCount)
        {
            throw new DicomCodecException(FormattableString.Invariant(
                $"RLE: the frame has {segments} segments, the header makes it {layout.SegmentCount}."));
        }

        byte[] frame = new byte[layout.FrameSize];
        for (int segment = 0; segment < segments; segment++)
        {
            DecodeSegment(Segment(coded, segment, (int)segments), segment, layout, frame);
        }

        return frame;
    }

    /// <exception cref="DicomCodecException">More segments than the header can name, or not a frame of this layout.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> frame, RleLayout layout)
    {
        if (layout.SegmentCount > MostSegments || frame.Length < layout.FrameSize)
        {
            throw new DicomCodecException(FormattableString.Invariant(
                $"RLE: {layout.SegmentCount} segments and {frame.Length} bytes; at most {MostSegments} and {layout.FrameSize} are coded."));
        }

        var coded = new ArrayBufferWriter<byte>(HeaderSize + (frame.Length / 2));
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, layout.SegmentCount);
        coded.Write(header);

        byte[] row = new byte[layout.Columns];
        for (int segment = 0; segment < layout.SegmentCount; segment++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header[(4 + (4 * segment))..], coded.WrittenCount);
            EncodeSegment(frame, segment, layout, row, coded);
        }

        byte[] result = coded.WrittenSpan.ToArray();
        header.CopyTo(result);
        return result;
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> coded, int segment, int segments)
    {
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(coded[(4 + (4 * segment))..]);
        uint end = segment + 1 < segments ? BinaryPrimitives.ReadUInt32LittleEndian(coded[(8 + (4 * segment))..]) : (uint)coded.Length;
        return start >= HeaderSize && start <= end && end <= coded.Length
            ? coded[(int)start..(int)end]
            : throw new DicomCodecException(FormattableString.Invariant(
                $"RLE: segment {segment} lies from byte {start} to {end} of {coded.Length}."));
    }

    private static void DecodeSegment(ReadOnlySpan<byte> coded, int segment, RleLayout layout, Span<byte> frame)
    {
        int position = layout.FirstByte(segment);
        int stride = layout.Stride;
        int left = layout.Pixels;
        int read = 0;
        while (left > 0)
        {
            if (read >= coded.Length)
            {
                throw CutShort(segment, left);
            }

            sbyte control = (sbyte)coded[read++];
            if (control == -128)
            {
                continue;
            }

            // A last run longer than the image is cut, as by other readers; some writers pad so.
            int count = Math.Min(left, control >= 0 ? control + 1 : 1 - control);
            if (read + (control >= 0 ? count : 1) > coded.Length)
            {
                throw CutShort(segment, left);
            }

            if (control >= 0)
            {
                foreach (byte value in coded.Slice(read, count))
                {
                    frame[position] = value;
                    position += stride;
                }
            }
            else
            {
                byte value = coded[read];
                for (int end = position + (count * stride); position < end; position += stride)
                {
                    frame[position] = value;
                }
            }

            read += control >= 0 ? control + 1 : 1;
            left -= count;
        }
    }

    private static DicomCodecException CutShort(int segment, int left) =>
        new(FormattableString.Invariant($"RLE: segment {segment} ends {left} bytes too early."));

    /// <summary>§G.3.1: rows are coded on their own, and a segment has an even number of bytes.</summary>
    private static void EncodeSegment(ReadOnlySpan<byte> frame, int segment, RleLayout layout, Span<byte> row, ArrayBufferWriter<byte> coded)
    {
        int start = coded.WrittenCount;
        int position = layout.FirstByte(segment);
        for (int r = 0; r < layout.Rows; r++)
        {
            for (int c = 0; c < row.Length; c++, position += layout.Stride)
            {
                row[c] = frame[position];
            }

            EncodeRow(row, coded);
        }

        if ((coded.WrittenCount - start) % 2 != 0)
        {
            coded.Write<byte>([0]);
        }
    }

    private static void EncodeRow(ReadOnlySpan<byte> row, ArrayBufferWriter<byte> coded)
    {
        int i = 0;
        while (i < row.Length)
        {
            int run = RunLength(row[i..]);
            if (run > 1)
            {
                coded.Write([(byte)(1 - run), row[i]]);
                i += run;
                continue;
            }

            int end = i + 1;
            while (end < row.Length && end - i < LongestRun && RunLength(row[end..]) < 3)
            {
                end++;
            }

            coded.Write([(byte)(end - i - 1)]);
            coded.Write(row[i..end]);
            i = end;
        }
    }

    private static int RunLength(ReadOnlySpan<byte> bytes)
    {
        int run = 1;
        while (run < bytes.Length && run < LongestRun && bytes[run] == bytes[0])
        {
            run++;
        }

        return run;
    }
}
