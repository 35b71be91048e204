using System.Buffers.Binary;
using System.Text;
using FellowOakDicom;

namespace Inpaint.Medical.FellowOakDicom.Tests;

/// <summary>Builds encoded datasets byte by byte, also such as no writer makes.</summary>
internal sealed class ByteBuilder
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => _bytes.ToArray();

    public ByteBuilder Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public ByteBuilder Preamble() => Raw(new byte[128]).Raw("DICM"u8.ToArray());

    /// <summary>Preamble and a meta group that names a transfer syntax.</summary>
    public ByteBuilder Start(DicomTransferSyntax syntax) =>
        Preamble().Explicit(0x00020010, "UI", Text(syntax.UID.UID.Length % 2 == 0 ? syntax.UID.UID : syntax.UID.UID + "\0"));

    public ByteBuilder Tag(uint tag)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)tag);
        return Raw(bytes.ToArray());
    }

    public ByteBuilder Length(uint length)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);
        return Raw(bytes.ToArray());
    }

    /// <summary>An element with a 16-bit length.</summary>
    public ByteBuilder Explicit(uint tag, string vr, byte[] value) => Tag(tag).Raw(Text(vr)).Raw((byte)value.Length, (byte)(value.Length >> 8)).Raw(value);

    /// <summary>The header of an element with a 32-bit length.</summary>
    public ByteBuilder ExplicitLong(uint tag, string vr, uint length) => Tag(tag).Raw(Text(vr)).Raw(0, 0).Length(length);

    public ByteBuilder Implicit(uint tag, byte[] value) => Tag(tag).Length((uint)value.Length).Raw(value);

    public ByteBuilder Item(uint length = 0xFFFFFFFF) => Tag(0xFFFEE000).Length(length);

    public ByteBuilder ItemEnd() => Tag(0xFFFEE00D).Length(0);

    public ByteBuilder SequenceEnd() => Tag(0xFFFEE0DD).Length(0);

    public DicomFile Open() => DicomFile.Open(new MemoryStream(ToArray()));

    public static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);
}
