using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Inpaint.Medical.Nifti;

/// <summary>Stored bytes to real values, one plane of z at a time.</summary>
internal static class VoxelDecoder
{
    /// <summary>Decodes a volume in one pass.</summary>
    /// <param name="stored">x fastest, in the file's byte order.</param>
    /// <returns>[slices] arrays of [rows × columns] of <paramref name="grid"/>, in real units.</returns>
    public static float[][] Decode(ReadOnlySpan<byte> stored, NiftiHeader header, SliceGrid grid)
    {
        (int nx, int ny, int nz) = header.Size;
        int planeLength = nx * ny;
        int planeBytes = planeLength * header.DataType.SizeInBytes();
        var slices = new float[grid.Slices][];
        for (int slice = 0; slice < slices.Length; slice++)
        {
            slices[slice] = GC.AllocateUninitializedArray<float>(grid.Rows * grid.Columns);
        }

        float[] scratch = grid.Axis == SliceAxis.Z ? [] : new float[planeLength];
        byte[] swapped = header.IsLittleEndian == BitConverter.IsLittleEndian ? [] : new byte[planeBytes];
        for (int z = 0; z < nz; z++)
        {
            float[] plane = grid.Axis == SliceAxis.Z ? slices[z] : scratch;
            DecodeRun(stored.Slice(z * planeBytes, planeBytes), header, swapped, plane);
            if (grid.Axis == SliceAxis.Y)
            {
                for (int y = 0; y < ny; y++)
                {
                    plane.AsSpan(y * nx, nx).CopyTo(slices[y].AsSpan(z * nx));
                }
            }
            else if (grid.Axis == SliceAxis.X)
            {
                ScatterAlongX(plane, nx, ny, z, slices);
            }
        }

        return slices;
    }

    /// <summary>Decodes consecutive stored voxels.</summary>
    /// <param name="swapped">Scratch of the same length where the byte order differs from the machine's, else empty.</param>
    public static void DecodeRun(ReadOnlySpan<byte> stored, NiftiHeader header, Span<byte> swapped, Span<float> values)
    {
        if (swapped.Length > 0)
        {
            swapped = swapped[..stored.Length];
            Swap(stored, header.DataType.SizeInBytes(), swapped);
            stored = swapped;
        }

        double slope = header.Slope;
        double intercept = header.Intercept;
        switch (header.DataType)
        {
            case NiftiDataType.UInt8: Scale<byte>(stored, slope, intercept, values); break;
            case NiftiDataType.Int8: Scale<sbyte>(stored, slope, intercept, values); break;
            case NiftiDataType.Int16: Scale<short>(stored, slope, intercept, values); break;
            case NiftiDataType.UInt16: Scale<ushort>(stored, slope, intercept, values); break;
            case NiftiDataType.Int32: Scale<int>(stored, slope, intercept, values); break;
            case NiftiDataType.UInt32: Scale<uint>(stored, slope, intercept, values); break;
            case NiftiDataType.Int64: Scale<long>(stored, slope, intercept, values); break;
            case NiftiDataType.UInt64: Scale<ulong>(stored, slope, intercept, values); break;
            case NiftiDataType.Float32: Scale<float>(stored, slope, intercept, values); break;
            case NiftiDataType.Float64: Scale<double>(stored, slope, intercept, values); break;
            default: throw new InvalidOperationException($"Type {header.DataType} passed the header's check.");
        }
    }

    /// <summary>Reverses the bytes of each value.</summary>
    public static void Swap(ReadOnlySpan<byte> from, int size, Span<byte> to)
    {
        switch (size)
        {
            case 2: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(from), MemoryMarshal.Cast<byte, ushort>(to)); break;
            case 4: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(from), MemoryMarshal.Cast<byte, uint>(to)); break;
            case 8: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(from), MemoryMarshal.Cast<byte, ulong>(to)); break;
            default: from.CopyTo(to); break;
        }
    }

    private static void Scale<T>(ReadOnlySpan<byte> bytes, double slope, double intercept, Span<float> values)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> stored = MemoryMarshal.Cast<byte, T>(bytes);
        values = values[..stored.Length];
        if (slope == 1 && intercept == 0)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = float.CreateTruncating(stored[i]);
            }

            return;
        }

        // In double, as the reference readers do: 16-bit and wider values would lose digits before the intercept is added.
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((slope * double.CreateTruncating(stored[i])) + intercept);
        }
    }

    private static void ScatterAlongX(ReadOnlySpan<float> plane, int nx, int ny, int z, float[][] slices)
    {
        for (int x = 0; x < nx; x++)
        {
            Span<float> row = slices[x].AsSpan(z * ny, ny);
            for (int y = 0; y < row.Length; y++)
            {
                row[y] = plane[(y * nx) + x];
            }
        }
    }
}
