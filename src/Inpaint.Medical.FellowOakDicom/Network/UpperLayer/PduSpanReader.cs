using System.Buffers.Binary;
using System.Text;

namespace FellowOakDicom.Network.UpperLayer;

/// <summary>Reads big-endian fields of a PDU; whatever would pass its end is an invalid parameter.</summary>
internal ref struct PduSpanReader
{
    private const int MaximumUidLength = 64;
    private ReadOnlySpan<byte> _rest;

    internal PduSpanReader(ReadOnlySpan<byte> content)
    {
        _rest = content;
    }

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"An item needs {count} bytes where {_rest.Length} are left.");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    internal ReadOnlySpan<byte> TakeRest() => Take(_rest.Length);

    internal byte Byte() => Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    internal uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>An item header; the content is the returned reader.</summary>
    internal PduSpanReader Item(out byte type)
    {
        type = Byte();
        Take(1);
        return new PduSpanReader(Take(UInt16()));
    }

    internal ReadOnlySpan<byte> Counted() => Take(UInt16());

    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes).Trim('\0', ' ');

    /// <summary>A UID of at most 64 characters; its form is not judged here.</summary>
    internal static string Uid(ReadOnlySpan<byte> bytes)
    {
        string uid = Text(bytes);
        if (uid.Length is 0 or > MaximumUidLength)
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"A UID has {uid.Length} characters; 1 to {MaximumUidLength} are allowed.");
        }

        return uid;
    }
}
