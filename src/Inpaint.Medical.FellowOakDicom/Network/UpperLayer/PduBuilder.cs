using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FellowOakDicom.Network.UpperLayer;

/// <summary>Writes big-endian PDUs whose item lengths are filled in when the item ends.</summary>
internal sealed class PduBuilder
{
    private readonly ArrayBufferWriter<byte> _writer = new(512);

    /// <summary>A PDU whose body is reserved, result, source and reason: reject, release or abort (PS3.8 9.3.4, 9.3.6 to 9.3.8).</summary>
    internal static byte[] Small(PduType type, byte result = 0, byte source = 0, byte reason = 0) =>
        [(byte)type, 0, 0, 0, 0, 4, 0, result, source, reason];

    internal ReadOnlySpan<byte> Written => _writer.WrittenSpan;

    internal PduBuilder Byte(byte value)
    {
        _writer.GetSpan(1)[0] = value;
        _writer.Advance(1);
        return this;
    }

    internal PduBuilder UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_writer.GetSpan(2), value);
        _writer.Advance(2);
        return this;
    }

    internal PduBuilder UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_writer.GetSpan(4), value);
        _writer.Advance(4);
        return this;
    }

    internal PduBuilder Bytes(ReadOnlySpan<byte> value)
    {
        _writer.Write(value);
        return this;
    }

    internal PduBuilder Text(string value) => Bytes(Encoding.ASCII.GetBytes(value));

    /// <summary>Text after its length in two bytes.</summary>
    internal PduBuilder CountedText(string value) => UInt16((ushort)value.Length).Text(value);

    /// <summary>AE title: 16 characters, filled with spaces.</summary>
    internal PduBuilder AeTitle(string value) => Text(value.PadRight(16)[..16]);

    /// <summary>An item or sub-item: type, reserved, length in two bytes, content.</summary>
    internal PduBuilder Item(byte type, Action<PduBuilder> content)
    {
        var inner = new PduBuilder();
        content(inner);
        if (inner._writer.WrittenCount > ushort.MaxValue)
        {
            throw new DicomNetworkException($"Association item {type:X2}H has {inner._writer.WrittenCount} bytes; 65535 are possible.");
        }

        return Byte(type).Byte(0).UInt16((ushort)inner._writer.WrittenCount).Bytes(inner._writer.WrittenSpan);
    }

    /// <summary>The whole PDU: type, reserved, length in four bytes, content.</summary>
    internal byte[] ToPdu(PduType type)
    {
        var pdu = new byte[_writer.WrittenCount + 6];
        pdu[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)_writer.WrittenCount);
        _writer.WrittenSpan.CopyTo(pdu.AsSpan(6));
        return pdu;
    }
}
