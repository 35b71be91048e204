using System.Buffers.Binary;

namespace Inpaint.Medical.Nifti;

/// <summary>New NIfTI-1 files of float32 voxels.</summary>
internal static class FloatFile
{
    private const int HeaderBytes = 352;

    /// <param name="name">For messages, and as the file's description.</param>
    /// <param name="size">Lengths of x, y and z.</param>
    /// <param name="affine">Voxel index to RAS+ mm, [4, 4].</param>
    /// <returns>All voxels 0.</returns>
    public static NiftiFile Create(string name, (int X, int Y, int Z) size, int volumes, double[,] affine)
    {
        var bytes = new byte[HeaderBytes];
        void Short(int at, int value) => BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at), checked((short)value));
        void Float(int at, double value) => BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), (float)value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, NiftiHeaderParser.Nifti1Size);
        int[] dim = [volumes > 1 ? 4 : 3, size.X, size.Y, size.Z, volumes, 1, 1, 1];
        for (int i = 0; i < dim.Length; i++)
        {
            Short(40 + (2 * i), dim[i]);
            Float(76 + (4 * i), i is >= 1 and <= 3 ? Length(affine, i - 1) : 1);
        }

        Short(70, (int)NiftiDataType.Float32);
        Short(72, 32);
        Float(108, HeaderBytes);
        Float(112, 1);
        bytes[123] = 2;                                     // mm
        System.Text.Encoding.ASCII.GetBytes(name).AsSpan(0, Math.Min(name.Length, 79)).CopyTo(bytes.AsSpan(148));
        Short(254, 1);                                      // sform: scanner coordinates
        for (int i = 0; i < 12; i++)
        {
            Float(280 + (4 * i), affine[i / 4, i % 4]);
        }

        "n+1\0"u8.CopyTo(bytes.AsSpan(344));
        byte[][] voxels = [.. Enumerable.Range(0, volumes).Select(_ => new byte[checked(size.X * size.Y * size.Z * sizeof(float))])];
        return new NiftiFile(name, NiftiHeaderParser.Parse(bytes.AsSpan(0, NiftiHeaderParser.Nifti1Size), name), [], bytes, voxels, []);
    }

    private static double Length(double[,] affine, int column) =>
        Math.Sqrt((affine[0, column] * affine[0, column]) + (affine[1, column] * affine[1, column]) + (affine[2, column] * affine[2, column]));
}
