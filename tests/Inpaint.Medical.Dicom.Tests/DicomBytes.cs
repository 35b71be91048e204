using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Inpaint.Medical.Dicom.Tests;

/// <summary>DICOM files written byte by byte, so that they can be wrong where a test wants them to be.</summary>
internal sealed class DicomBytes
{
    public const string ImplicitUid = "1.2.840.10008.1.2", ExplicitUid = "1.2.840.10008.1.2.1", DeflatedUid = "1.2.840.10008.1.2.1.99";
    public const uint Undefined = uint.MaxValue;

    private readonly ArrayBufferWriter<byte> bytes = new();

    public static DicomBytes File(string transferSyntaxUid)
    {
        string uid = transferSyntaxUid.Length % 2 == 0 ? transferSyntaxUid : transferSyntaxUid + "\0";
        var file = new DicomBytes();
        file.bytes.Write(new byte[128]);
        file.bytes.Write("DICM"u8);
        return file.Explicit(0x00020010, "UI", Encoding.ASCII.GetBytes(uid));
    }

    public DicomBytes Explicit(uint tag, string vr, params ReadOnlySpan<byte> value)
    {
        ExplicitHeader(tag, vr, (uint)value.Length);
        bytes.Write(value);
        return this;
    }

    public DicomBytes ExplicitHeader(uint tag, string vr, uint length)
    {
        Tag(tag);
        bytes.Write(Encoding.ASCII.GetBytes(vr));
        if (vr is "OB" or "OW" or "SQ" or "UN" or "UT")
        {
            bytes.Write<byte>([0, 0]);
            return UInt32(length);
        }

        Span<byte> shortLength = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(shortLength, (ushort)length);
        bytes.Write(shortLength);
        return this;
    }

    public DicomBytes ImplicitHeader(uint tag, uint length) => Tag(tag).UInt32(length);

    public DicomBytes Raw(params ReadOnlySpan<byte> value)
    {
        bytes.Write(value);
        return this;
    }

    public DicomBytes Repeat(int times, Action<DicomBytes> part)
    {
        for (int i = 0; i < times; i++)
        {
            part(this);
        }

        return this;
    }

    public DicomBytes Deflated(DicomBytes content)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content.bytes.WrittenSpan);
        }

        return Raw(deflated.ToArray());
    }

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();

    private DicomBytes Tag(uint tag)
    {
        Span<byte> encoded = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(encoded, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(encoded[2..], (ushort)tag);
        bytes.Write(encoded);
        return this;
    }

    private DicomBytes UInt32(uint value)
    {
        Span<byte> encoded = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(encoded, value);
        bytes.Write(encoded);
        return this;
    }
}
