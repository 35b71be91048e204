using System.Buffers.Binary;
using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>An item's values as bytes, for comparison only: equal bytes mean equal values in equal encoding.</summary>
internal static class ItemBytes
{
    public static byte[] Of(DicomItem item)
    {
        using var bytes = new MemoryStream();
        Write(item, bytes);
        return bytes.ToArray();
    }

    private static void Write(DicomItem item, MemoryStream bytes)
    {
        switch (item)
        {
            case DicomElement element:
                bytes.Write(element.Buffer.Data);
                break;
            case DicomSequence sequence:
                foreach (DicomDataset dataset in sequence.Items)
                {
                    Write(0xFFFEE000, bytes);
                    foreach (DicomItem nested in dataset)
                    {
                        Write(((uint)nested.Tag.Group << 16) | nested.Tag.Element, bytes);
                        byte[] value = Of(nested);
                        Write((uint)value.Length, bytes);
                        bytes.Write(value);
                    }
                }

                break;
        }
    }

    private static void Write(uint number, MemoryStream bytes)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, number);
        bytes.Write(four);
    }
}
