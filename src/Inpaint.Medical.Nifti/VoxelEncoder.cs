using System.Numerics;
using System.Runtime.InteropServices;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Nifti;

/// <summary>Real values to stored samples: the inverse of <see cref="VoxelDecoder"/>, rounded to the nearest and clamped to the type.</summary>
internal static class VoxelEncoder
{
    /// <summary>Encodes to native byte order.</summary>
    /// <param name="values">Real units. NaN becomes 0 in an integer type.</param>
    /// <param name="samples">values.Length samples of the header's type.</param>
    public static void Encode(ReadOnlySpan<float> values, NiftiHeader header, Span<byte> samples)
    {
        double slope = header.Slope;
        double intercept = header.Intercept;
        switch (header.DataType)
        {
            case NiftiDataType.UInt8: Round<byte>(values, slope, intercept, samples); break;
            case NiftiDataType.Int8: Round<sbyte>(values, slope, intercept, samples); break;
            case NiftiDataType.Int16: Round<short>(values, slope, intercept, samples); break;
            case NiftiDataType.UInt16: Round<ushort>(values, slope, intercept, samples); break;
            case NiftiDataType.Int32: Round<int>(values, slope, intercept, samples); break;
            case NiftiDataType.UInt32: Round<uint>(values, slope, intercept, samples); break;
            case NiftiDataType.Int64: Round<long>(values, slope, intercept, samples); break;
            case NiftiDataType.UInt64: Round<ulong>(values, slope, intercept, samples); break;
            case NiftiDataType.Float32: Unscale<float>(values, slope, intercept, samples); break;
            case NiftiDataType.Float64: Unscale<double>(values, slope, intercept, samples); break;
            default: throw new InvalidOperationException($"Type {header.DataType} passed the header's check.");
        }
    }

    /// <summary>The type in the words of the pipeline.</summary>
    public static PixelFormat Format(NiftiDataType type)
    {
        SampleType sample = type switch
        {
            NiftiDataType.UInt8 => SampleType.UInt8,
            NiftiDataType.Int8 => SampleType.Int8,
            NiftiDataType.Int16 => SampleType.Int16,
            NiftiDataType.UInt16 => SampleType.UInt16,
            NiftiDataType.Int32 => SampleType.Int32,
            NiftiDataType.UInt32 => SampleType.UInt32,
            NiftiDataType.Int64 => SampleType.Int64,
            NiftiDataType.UInt64 => SampleType.UInt64,
            NiftiDataType.Float32 => SampleType.Float32,
            _ => SampleType.Float64,
        };
        int bits = 8 * type.SizeInBytes();
        return new PixelFormat(sample, bits, bits - 1);
    }

    private static void Round<T>(ReadOnlySpan<float> values, double slope, double intercept, Span<byte> samples)
        where T : unmanaged, INumber<T>
    {
        Span<T> stored = MemoryMarshal.Cast<byte, T>(samples)[..values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            stored[i] = T.CreateSaturating(Math.Round((values[i] - intercept) / slope));
        }
    }

    private static void Unscale<T>(ReadOnlySpan<float> values, double slope, double intercept, Span<byte> samples)
        where T : unmanaged, INumber<T>
    {
        Span<T> stored = MemoryMarshal.Cast<byte, T>(samples)[..values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            stored[i] = T.CreateSaturating((values[i] - intercept) / slope);
        }
    }
}
