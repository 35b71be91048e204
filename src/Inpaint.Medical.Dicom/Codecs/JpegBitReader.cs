using System.Buffers.Binary;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>
/// Bits of a JPEG entropy-coded segment, most significant first, stuffed zero bytes removed. Past the end or a marker it gives zeros;
/// <see cref="IsOverrun"/> then tells that bits were used that are not there. Source: ITU-T T.81, F.2.2.5.
/// </summary>
internal ref struct JpegBitReader(ReadOnlySpan<byte> codestream, int position)
{
    private readonly ReadOnlySpan<byte> data = codestream;
    private ulong bits;
    private int count;
    private int padding;

    /// <summary>Next byte not yet taken in; at or before the marker that ends the segment.</summary>
    public int Position { get; private set; } = position;

    public readonly bool IsOverrun => count < padding;

    /// <summary>Makes at least 33 bits ready: a code and the value that follows it.</summary>
    public void Fill()
    {
        if (count > 32)
        {
            return;
        }

        if (Position + 4 <= data.Length)
        {
            uint four = BinaryPrimitives.ReadUInt32BigEndian(data[Position..]);
            if (!HasFF(four))
            {
                bits = (bits << 32) | four;
                count += 32;
                Position += 4;
                return;
            }
        }

        FillByBytes();
    }

    /// <summary>The next <paramref name="length"/> bits (1 to 16), left in place. They must be ready.</summary>
    public readonly int Peek(int length) => (int)(bits >> (count - length)) & ((1 << length) - 1);

    public void Skip(int length) => count -= length;

    /// <summary>A value of <paramref name="length"/> bits with the sign rule of T.81, F.2.2.1 (EXTEND).</summary>
    public int ReadSigned(int length)
    {
        if (length == 0)
        {
            return 0;
        }

        int value = Peek(length);
        count -= length;
        return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
    }

    /// <summary>Goes over the restart marker with this number (modulo 8).</summary>
    /// <exception cref="CodestreamException">Another marker, or none, follows.</exception>
    public void Restart(int number)
    {
        bool consumed = IsOverrun;
        count = 0;
        padding = 0;
        while (Position + 2 < data.Length && data[Position] == 0xFF && data[Position + 1] == 0xFF)
        {
            Position++;
        }

        if (consumed || Position + 1 >= data.Length || data[Position] != 0xFF || data[Position + 1] != 0xD0 + (number & 7))
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"JPEG: restart marker {number & 7} was expected at byte {Position}."));
        }

        Position += 2;
    }

    private static bool HasFF(uint bytes) => ((~bytes - 0x01010101u) & bytes & 0x80808080u) != 0;

    private void FillByBytes()
    {
        while (count <= 48)
        {
            int next = 0;
            if (Position < data.Length && data[Position] != 0xFF)
            {
                next = data[Position++];
            }
            else if (Position + 1 < data.Length && data[Position + 1] == 0)
            {
                next = 0xFF;
                Position += 2;
            }
            else
            {
                padding += 8;
            }

            bits = (bits << 8) | (uint)next;
            count += 8;
        }
    }
}
