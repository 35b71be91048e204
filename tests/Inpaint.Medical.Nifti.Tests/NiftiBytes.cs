using System.Buffers.Binary;

namespace Inpaint.Medical.Nifti.Tests;

/// <summary>Builds NIfTI files byte by byte, right ones and wrong ones.</summary>
internal sealed class NiftiBytes
{
    public int Version { get; init; } = 1;

    public bool LittleEndian { get; init; } = true;

    public long[] Dim { get; init; } = [3, 4, 3, 5, 1, 1, 1, 1];

    public int DataType { get; init; } = (int)NiftiDataType.Int16;

    public int? BitPix { get; init; }

    public double[] PixDim { get; init; } = [1, 1, 1, 2, 1, 1, 1, 1];

    public double? VoxOffset { get; init; }

    public double Slope { get; init; }

    public double Intercept { get; init; }

    public int QformCode { get; init; }

    public int SformCode { get; init; } = 1;

    public double[] Qform { get; init; } = new double[6];

    public double[] Sform { get; init; } = [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0];

    public byte[] Magic { get; init; } = [];

    public byte[] Extension { get; init; } = [0, 0, 0, 0];

    public byte[]? Voxels { get; init; }

    public byte[] ToArray()
    {
        byte[] header = Header();
        byte[] voxels = Voxels ?? Ramp();
        return [.. header, .. Extension, .. voxels];
    }

    public string Save(string folder, string name = "in.nii")
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, ToArray());
        return path;
    }

    private byte[] Ramp()
    {
        long count = 1;
        for (int axis = 1; axis <= Dim[0]; axis++)
        {
            count *= Dim[axis];
        }

        int size = Enum.IsDefined((NiftiDataType)DataType) ? ((NiftiDataType)DataType).SizeInBytes() : 4;
        var bytes = new byte[count * size];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(i * 7);
        }

        return bytes;
    }

    private byte[] Header()
    {
        var bytes = new byte[Version == 1 ? 348 : 540];
        int bits = BitPix ?? (Enum.IsDefined((NiftiDataType)DataType) ? 8 * ((NiftiDataType)DataType).SizeInBytes() : 32);
        if (Version == 1)
        {
            Int32(bytes, 0, 348);
            Each(Dim, 8, (i, value) => Int16(bytes, 40 + (2 * i), value));
            Int16(bytes, 70, DataType);
            Int16(bytes, 72, bits);
            Each(PixDim, 8, (i, value) => Single(bytes, 76 + (4 * i), value));
            Single(bytes, 108, VoxOffset ?? 348 + Extension.Length);
            Single(bytes, 112, Slope);
            Single(bytes, 116, Intercept);
            bytes[123] = 10;
            Int16(bytes, 252, QformCode);
            Int16(bytes, 254, SformCode);
            Each(Qform, 6, (i, value) => Single(bytes, 256 + (4 * i), value));
            Each(Sform, 12, (i, value) => Single(bytes, 280 + (4 * i), value));
            (Magic.Length > 0 ? Magic : "n+1\0"u8.ToArray()).CopyTo(bytes, 344);
        }
        else
        {
            Int32(bytes, 0, 540);
            (Magic.Length > 0 ? Magic : "n+2\0\r\n\x1a\n"u8.ToArray()).CopyTo(bytes, 4);
            Int16(bytes, 12, DataType);
            Int16(bytes, 14, bits);
            Each(Dim, 8, (i, value) => Int64(bytes, 16 + (8 * i), value));
            Each(PixDim, 8, (i, value) => Double(bytes, 104 + (8 * i), value));
            Int64(bytes, 168, (long)(VoxOffset ?? 540 + Extension.Length));
            Double(bytes, 176, Slope);
            Double(bytes, 184, Intercept);
            Int32(bytes, 344, QformCode);
            Int32(bytes, 348, SformCode);
            Each(Qform, 6, (i, value) => Double(bytes, 352 + (8 * i), value));
            Each(Sform, 12, (i, value) => Double(bytes, 400 + (8 * i), value));
            Int32(bytes, 500, 10);
        }

        return bytes;
    }

    private static void Each<T>(T[] values, int count, Action<int, T> write)
    {
        for (int i = 0; i < count; i++)
        {
            write(i, values[i]);
        }
    }

    private void Int16(byte[] to, int at, long value) => Put(to, at, 2, value);

    private void Int32(byte[] to, int at, long value) => Put(to, at, 4, value);

    private void Int64(byte[] to, int at, long value) => Put(to, at, 8, value);

    private void Single(byte[] to, int at, double value) => Put(to, at, 4, BitConverter.SingleToInt32Bits((float)value));

    private void Double(byte[] to, int at, double value) => Put(to, at, 8, BitConverter.DoubleToInt64Bits(value));

    private void Put(byte[] to, int at, int size, long value)
    {
        Span<byte> little = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(little, value);
        little[..size].CopyTo(to.AsSpan(at));
        if (!LittleEndian)
        {
            to.AsSpan(at, size).Reverse();
        }
    }
}
