namespace Inpaint.Medical.Dicom.Tests.Codecs;

/// <summary>Markers, segments and stuffed bits of a JPEG codestream. Source: ITU-T T.81, Annexes B and F.1.2.3.</summary>
internal sealed class JpegByteWriter
{
    private readonly List<byte> bytes = [];
    private uint bits;
    private int bitCount;

    public void Clear() => bytes.Clear();

    public byte[] ToArray() => [.. bytes];

    public void Marker(int code) => bytes.AddRange([0xFF, (byte)code]);

    public void Segment(byte marker, byte[] content) =>
        bytes.AddRange([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);

    public void Restart(int number)
    {
        Flush();
        Marker(0xD0 + (number % 8));
    }

    public void Bits(uint value, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            bits = (bits << 1) | ((value >> i) & 1);
            if (++bitCount == 8)
            {
                bytes.Add((byte)bits);
                if ((byte)bits == 0xFF)
                {
                    bytes.Add(0);
                }

                bitCount = 0;
            }
        }
    }

    /// <summary>Fills the last byte with ones.</summary>
    public void Flush()
    {
        while (bitCount != 0)
        {
            Bits(1, 1);
        }
    }
}
