using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Inpaint.Medical.Core.Volumes;

/// <summary>
/// Kernels between stored samples (little endian, [rows × columns]) and real values. The value sits in BitsStored bits that end at
/// HighBit; whatever else the container holds is ignored (PS3.5 8.1.1).
/// </summary>
public static class StoredSamples
{
    /// <summary>real = stored × slope + intercept, in single precision.</summary>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void ToReal(ReadOnlySpan<byte> stored, PixelFormat format, Rescale rescale, Span<float> real)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (stored.Length != (long)real.Length * format.BytesPerSample)
        {
            throw new ArgumentException("One sample for each voxel.", nameof(stored));
        }

        float slope = (float)rescale.Slope, intercept = (float)rescale.Intercept;
        int left = 15 - format.HighBit, right = 16 - format.BitsStored;
        switch (format.Sample)
        {
            case SampleType.Int16:
                FromInt16(MemoryMarshal.Cast<byte, short>(stored), left, right, slope, intercept, real);
                break;
            case SampleType.UInt16:
                FromUInt16(MemoryMarshal.Cast<byte, ushort>(stored), left, right, slope, intercept, real);
                break;
            default:
                for (int i = 0; i < real.Length; i++)
                {
                    real[i] = (float)((Read(stored, i, format) * rescale.Slope) + rescale.Intercept);
                }

                break;
        }
    }

    /// <summary>One stored value of any type; integers of 64 bit beyond 2⁵³ are rounded.</summary>
    public static double Read(ReadOnlySpan<byte> stored, int voxel, PixelFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        ReadOnlySpan<byte> sample = stored.Slice(voxel * format.BytesPerSample, format.BytesPerSample);
        switch (format.Sample)
        {
            case SampleType.Float32:
                return BinaryPrimitives.ReadSingleLittleEndian(sample);
            case SampleType.Float64:
                return BinaryPrimitives.ReadDoubleLittleEndian(sample);
        }

        ulong raw = sample.Length switch
        {
            1 => sample[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(sample),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(sample),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(sample),
        };
        ulong atTop = raw << (63 - format.HighBit);
        return format.IsSigned ? (long)atTop >> (64 - format.BitsStored) : atTop >> (64 - format.BitsStored);
    }

    /// <summary>Writes one stored value; bits outside the value repeat its sign.</summary>
    /// <param name="value">Within the range of the format (see <see cref="Range"/>) and, for integers, whole.</param>
    public static void Write(Span<byte> stored, int voxel, PixelFormat format, double value)
    {
        ArgumentNullException.ThrowIfNull(format);
        Span<byte> sample = stored.Slice(voxel * format.BytesPerSample, format.BytesPerSample);
        switch (format.Sample)
        {
            case SampleType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(sample, (float)value);
                return;
            case SampleType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(sample, value);
                return;
        }

        ulong bits = format.IsSigned ? (ulong)(long)value : (ulong)value;
        bits <<= format.HighBit + 1 - format.BitsStored;
        switch (sample.Length)
        {
            case 1:
                sample[0] = (byte)bits;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(sample, (ushort)bits);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(sample, (uint)bits);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(sample, bits);
                break;
        }
    }

    /// <summary>Smallest and largest value that the format can hold.</summary>
    public static (double Minimum, double Maximum) Range(PixelFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.Sample switch
        {
            SampleType.Float32 => (float.MinValue, float.MaxValue),
            SampleType.Float64 => (double.MinValue, double.MaxValue),
            _ when format.IsSigned => (-Math.ScaleB(1, format.BitsStored - 1), Largest(format.BitsStored - 1)),
            _ => (0, Largest(format.BitsStored)),
        };
    }

    // The largest double that still converts to an integer of so many bits.
    private static double Largest(int bits) => bits <= 53 ? Math.ScaleB(1, bits) - 1 : Math.BitDecrement(Math.ScaleB(1, bits));

    private static void FromInt16(ReadOnlySpan<short> stored, int left, int right, float slope, float intercept, Span<float> real)
    {
        int width = Vector<float>.Count, i = 0;
        for (; i + (2 * width) <= real.Length; i += 2 * width)
        {
            Vector<short> value = Vector.ShiftRightArithmetic(Vector.ShiftLeft(new Vector<short>(stored[i..]), left), right);
            Vector.Widen(value, out Vector<int> low, out Vector<int> high);
            ((Vector.ConvertToSingle(low) * slope) + new Vector<float>(intercept)).CopyTo(real[i..]);
            ((Vector.ConvertToSingle(high) * slope) + new Vector<float>(intercept)).CopyTo(real[(i + width)..]);
        }

        for (; i < real.Length; i++)
        {
            real[i] = ((short)((short)(stored[i] << left) >> right) * slope) + intercept;
        }
    }

    private static void FromUInt16(ReadOnlySpan<ushort> stored, int left, int right, float slope, float intercept, Span<float> real)
    {
        int width = Vector<float>.Count, i = 0;
        for (; i + (2 * width) <= real.Length; i += 2 * width)
        {
            Vector<ushort> value = Vector.ShiftRightLogical(Vector.ShiftLeft(new Vector<ushort>(stored[i..]), left), right);
            Vector.Widen(value, out Vector<uint> low, out Vector<uint> high);
            ((Vector.ConvertToSingle(Vector.AsVectorInt32(low)) * slope) + new Vector<float>(intercept)).CopyTo(real[i..]);
            ((Vector.ConvertToSingle(Vector.AsVectorInt32(high)) * slope) + new Vector<float>(intercept)).CopyTo(real[(i + width)..]);
        }

        for (; i < real.Length; i++)
        {
            real[i] = ((ushort)((ushort)(stored[i] << left) >> right) * slope) + intercept;
        }
    }
}
