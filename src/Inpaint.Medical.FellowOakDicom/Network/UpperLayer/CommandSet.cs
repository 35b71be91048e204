using System.Buffers;
using System.Buffers.Binary;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Network.UpperLayer;

/// <summary>Command sets on the wire: Implicit VR Little Endian, group 0000 only (PS3.7 6.3.1).</summary>
internal static class CommandSet
{
    private const int ElementHeader = 8;

    /// <summary>Encodes a command set, group length first.</summary>
    internal static byte[] Write(DicomDataset command)
    {
        var writer = new ArrayBufferWriter<byte>(256);
        foreach (DicomItem item in command)
        {
            if (item is DicomElement element && item.Tag is { Group: 0, Element: not 0 })
            {
                WriteElement(writer, item.Tag, element.Buffer.Data, element.ValueRepresentation.PaddingValue);
            }
        }

        var bytes = new byte[ElementHeader + 4 + writer.WrittenCount];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)writer.WrittenCount);
        writer.WrittenSpan.CopyTo(bytes.AsSpan(12));
        return bytes;
    }

    /// <summary>Decodes a command set.</summary>
    /// <exception cref="InvalidPduException">An element passes the end, is of another group, or comes twice.</exception>
    internal static DicomDataset Read(ReadOnlySpan<byte> bytes)
    {
        DicomDataset command = new DicomDataset().NotValidated();
        int previous = -1;
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < ElementHeader)
            {
                throw Invalid("ends inside an element header");
            }

            ushort group = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            ushort number = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            bytes = bytes[ElementHeader..];
            if (group != 0 || number <= previous || length > bytes.Length)
            {
                throw Invalid($"has a bad element ({group:X4},{number:X4}) of {length} bytes");
            }

            previous = number;
            if (number != 0)
            {
                command.Add(Element(new DicomTag(group, number), bytes[..(int)length].ToArray()));
            }

            bytes = bytes[(int)length..];
        }

        return command;
    }

    private static InvalidPduException Invalid(string what) =>
        new(DicomAbortReason.InvalidPDUParameter, $"The command set {what}.");

    private static void WriteElement(ArrayBufferWriter<byte> writer, DicomTag tag, byte[] value, byte padding)
    {
        int length = value.Length + (value.Length % 2);
        Span<byte> span = writer.GetSpan(ElementHeader + length);
        BinaryPrimitives.WriteUInt16LittleEndian(span, tag.Group);
        BinaryPrimitives.WriteUInt16LittleEndian(span[2..], tag.Element);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], (uint)length);
        value.CopyTo(span[ElementHeader..]);
        if (length > value.Length)
        {
            span[ElementHeader + value.Length] = padding;
        }

        writer.Advance(ElementHeader + length);
    }

    private static DicomItem Element(DicomTag tag, byte[] value)
    {
        var buffer = new MemoryByteBuffer(value);
        return tag.DictionaryEntry.ValueRepresentations[0].Code switch
        {
            "UI" => new DicomUniqueIdentifier(tag, buffer),
            "US" => new DicomUnsignedShort(tag, buffer),
            "UL" => new DicomUnsignedLong(tag, buffer),
            "AE" => new DicomApplicationEntity(tag, buffer),
            "AT" => new DicomAttributeTag(tag, buffer),
            "CS" => new DicomCodeString(tag, buffer),
            "LO" => new DicomLongString(tag, DicomEncoding.DefaultArray, buffer),
            "SH" => new DicomShortString(tag, DicomEncoding.DefaultArray, buffer),
            _ => new DicomUnknown(tag, buffer),
        };
    }
}
