using System.Buffers.Binary;
using System.Text;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>
/// Changes single elements of the phantom's files (Explicit VR Little Endian, no sequences), independently of the code under test.
/// </summary>
public sealed class DicomPatch
{
    private const int MetaEnd = 132;
    private readonly byte[] _head;
    private readonly SortedDictionary<uint, (string Vr, byte[] Value)> _elements = [];

    private DicomPatch(byte[] file)
    {
        int position = MetaEnd;
        int metaLength = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(MetaEnd + 8));
        _head = file[..(MetaEnd + 12 + metaLength)];
        position = _head.Length;
        while (position < file.Length)
        {
            uint tag = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(position)) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(position + 2));
            string vr = Encoding.ASCII.GetString(file, position + 4, 2);
            bool isLong = IsLong(vr);
            int length = isLong
                ? BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(position + 8))
                : BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(position + 6));
            position += isLong ? 12 : 8;
            _elements[tag] = (vr, file[position..(position + length)]);
            position += length;
        }
    }

    /// <summary>Changes every file of a folder for which <paramref name="which"/> holds (by place in name order).</summary>
    public static void Folder(string folder, Action<DicomPatch> change, Func<int, bool>? which = null)
    {
        string[] files = [.. Directory.GetFiles(folder, "*.dcm").Order(StringComparer.Ordinal)];
        for (int index = 0; index < files.Length; index++)
        {
            if (which?.Invoke(index) ?? true)
            {
                var patch = new DicomPatch(File.ReadAllBytes(files[index]));
                change(patch);
                File.WriteAllBytes(files[index], patch.ToArray());
            }
        }
    }

    /// <summary>Pixel Data of a file written by the product.</summary>
    public static byte[] Pixels(string file) => Value(file, 0x7FE00010);

    /// <summary>Text of an element of a file without sequences before it.</summary>
    public static string Text(string file, uint tag) => Encoding.ASCII.GetString(Value(file, tag)).Trim(' ', '\0');

    public void Set(uint tag, string vr, string text)
    {
        byte[] value = Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + (vr == "UI" ? "\0" : " "));
        _elements[tag] = (vr, value);
    }

    public void Set(uint tag, ushort value) => _elements[tag] = ("US", BitConverter.GetBytes(value));

    public void SetBytes(uint tag, byte[] value) => _elements[tag] = (_elements[tag].Vr, value);

    public byte[] Bytes(uint tag) => _elements[tag].Value;

    public void Remove(uint tag) => _elements.Remove(tag);

    private byte[] ToArray()
    {
        using var stream = new MemoryStream();
        stream.Write(_head);
        Span<byte> header = stackalloc byte[12];
        foreach ((uint tag, (string vr, byte[] value)) in _elements)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(tag >> 16));
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)tag);
            Encoding.ASCII.GetBytes(vr, header[4..]);
            header[6..].Clear();
            if (IsLong(vr))
            {
                BinaryPrimitives.WriteInt32LittleEndian(header[8..], value.Length);
                stream.Write(header);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)value.Length);
                stream.Write(header[..8]);
            }

            stream.Write(value);
        }

        return stream.ToArray();
    }

    // Finds the element's header from the back: Pixel Data is last, and short headers before it are unique enough in the phantom.
    private static byte[] Value(string file, uint tag)
    {
        byte[] bytes = File.ReadAllBytes(file);
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(key, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(key[2..], (ushort)tag);
        int at = tag == 0x7FE00010 ? bytes.AsSpan().LastIndexOf(key) : bytes.AsSpan().IndexOf(key);
        string vr = Encoding.ASCII.GetString(bytes, at + 4, 2);
        return IsLong(vr)
            ? bytes[(at + 12)..(at + 12 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8)))]
            : bytes[(at + 8)..(at + 8 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 6)))];
    }

    private static bool IsLong(string vr) => vr is "OB" or "OW" or "OF" or "SQ" or "UN" or "UT" or "OD" or "OL" or "UC" or "UR";
}
