using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>A NIfTI-1 file of float32 written by hand from the definition of its header, 24 × 24 × 16 voxels of 2 × 2 × 3 mm.</summary>
internal static class FloatNifti
{
    public const int Side = 24, Slices = 16;

    private const int HeaderBytes = 352;

    public static void Write(string path, Func<int, int, int, float> value, float sliceSpacing = 3)
    {
        var bytes = new byte[HeaderBytes + (Side * Side * Slices * sizeof(float))];
        void Short(int at, int number) => BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at), (short)number);
        void Float(int at, float number) => BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, 348);
        int[] dim = [3, Side, Side, Slices, 1, 1, 1, 1];
        float[] pixdim = [1, 2, 2, sliceSpacing, 1, 1, 1, 1];
        for (int i = 0; i < 8; i++)
        {
            Short(40 + (2 * i), dim[i]);
            Float(76 + (4 * i), pixdim[i]);
        }

        Short(70, 16);
        Short(72, 32);
        Float(108, HeaderBytes);
        Float(112, 1);
        bytes[123] = 2;
        "n+1\0"u8.CopyTo(bytes.AsSpan(344));
        Span<float> voxels = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(HeaderBytes));
        for (int i = 0; i < voxels.Length; i++)
        {
            voxels[i] = value(i % Side, i / Side % Side, i / (Side * Side));
        }

        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Voxels of one slice of an uncompressed file.</summary>
    public static float[] Slice(string path, int slice) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path).AsSpan(HeaderBytes)).Slice(slice * Side * Side, Side * Side).ToArray();
}
