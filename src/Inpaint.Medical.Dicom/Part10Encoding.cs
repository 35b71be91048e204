using System.Buffers.Binary;

namespace Inpaint.Medical.Dicom;

/// <summary>How element headers are written: byte order, and whether they name their VR. Source: PS3.5, 7.1 and Annex A.</summary>
internal readonly record struct Part10Encoding(bool IsExplicit, bool IsBigEndian)
{
    public const string DeflatedUid = "1.2.840.10008.1.2.1.99";

    private const string ImplicitUid = "1.2.840.10008.1.2", BigEndianUid = "1.2.840.10008.1.2.2";

    // PS3.5, table 7.1-1 (reserved bytes and a 32-bit length) and table 7.1-2.
    private const string LongVrs = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
    private const string ShortVrs = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";

    public static Part10Encoding Of(string transferSyntaxUid) => new(transferSyntaxUid != ImplicitUid, transferSyntaxUid == BigEndianUid);

    public ushort UInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint UInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public uint Tag(ReadOnlySpan<byte> bytes) => ((uint)UInt16(bytes) << 16) | UInt16(bytes[2..]);

    public static bool HasLongVr(ReadOnlySpan<byte> header) => IsVr(header, LongVrs);

    public static bool HasShortVr(ReadOnlySpan<byte> header) => IsVr(header, ShortVrs);

    public static bool HasKnownVr(ReadOnlySpan<byte> header) => HasLongVr(header) || HasShortVr(header);

    /// <summary>Two capital letters where the VR stands, known or not.</summary>
    public static bool HasVrLetters(ReadOnlySpan<byte> header) => IsCapital(header[4]) && IsCapital(header[5]);

    /// <summary>What the first element of a data set shows, where it contradicts what was announced.</summary>
    public Part10Encoding Corrected(ReadOnlySpan<byte> firstHeader)
    {
        // A stray group length (0000,0000), as a few writers put in front, is implicit whatever follows.
        if (firstHeader.Length < 8 || Tag(firstHeader) == 0)
        {
            return this;
        }

        // A group below 0100H in the wrong byte order looks like a large one.
        bool isBigEndian = firstHeader[0] == 0 && firstHeader[1] != 0 || (IsBigEndian && firstHeader[0] == 0);
        return new Part10Encoding(HasKnownVr(firstHeader) || (IsExplicit && HasVrLetters(firstHeader)), isBigEndian);
    }

    private static bool IsCapital(byte letter) => letter is >= (byte)'A' and <= (byte)'Z';

    private static bool IsVr(ReadOnlySpan<byte> header, string known)
    {
        for (int i = 0; i < known.Length; i += 3)
        {
            if (header[4] == known[i] && header[5] == known[i + 1])
            {
                return true;
            }
        }

        return false;
    }
}
