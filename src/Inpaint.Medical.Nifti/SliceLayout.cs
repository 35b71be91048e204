using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Inpaint.Medical.Nifti;

/// <summary>Where the samples of one slice lie in the stored bytes of a volume.</summary>
/// <param name="Mirrored">Columns run against the stored axis, so that rows, columns and slices form a right-handed frame.</param>
internal sealed record SliceLayout(SliceGrid Grid, NiftiHeader Header, bool Mirrored)
{
    private bool MustSwap => Header.IsLittleEndian != BitConverter.IsLittleEndian && Header.DataType.SizeInBytes() > 1;

    /// <summary>Whether a slice of a volume's bytes is the slice's samples as they stand.</summary>
    public bool IsContiguous => Grid.Axis == SliceAxis.Z && !Mirrored && !MustSwap;

    public int SliceBytes => Grid.Rows * Grid.Columns * Header.DataType.SizeInBytes();

    /// <summary>Copies a slice out of a volume: native samples, [rows × columns].</summary>
    public void Gather(ReadOnlySpan<byte> volume, int slice, Span<byte> samples)
    {
        switch (Header.DataType.SizeInBytes())
        {
            case 1: Gather<byte>(volume, slice, samples, static value => value); break;
            case 2: Gather<ushort>(volume, slice, samples, BinaryPrimitives.ReverseEndianness); break;
            case 4: Gather<uint>(volume, slice, samples, BinaryPrimitives.ReverseEndianness); break;
            default: Gather<ulong>(volume, slice, samples, BinaryPrimitives.ReverseEndianness); break;
        }
    }

    /// <summary>Puts native samples, [rows × columns], into a volume; only those that <paramref name="masked"/> names, or all if it is empty.</summary>
    public void Scatter(ReadOnlySpan<byte> samples, ReadOnlySpan<bool> masked, int slice, Span<byte> volume)
    {
        switch (Header.DataType.SizeInBytes())
        {
            case 1: Scatter<byte>(samples, masked, slice, volume, static value => value); break;
            case 2: Scatter<ushort>(samples, masked, slice, volume, BinaryPrimitives.ReverseEndianness); break;
            case 4: Scatter<uint>(samples, masked, slice, volume, BinaryPrimitives.ReverseEndianness); break;
            default: Scatter<ulong>(samples, masked, slice, volume, BinaryPrimitives.ReverseEndianness); break;
        }
    }

    private void Gather<T>(ReadOnlySpan<byte> volume, int slice, Span<byte> samples, Func<T, T> swap)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(volume);
        Span<T> to = MemoryMarshal.Cast<byte, T>(samples);
        bool mustSwap = MustSwap;
        for (int row = 0; row < Grid.Rows; row++)
        {
            (int at, int step) = Row(slice, row);
            for (int column = 0; column < Grid.Columns; column++, at += step)
            {
                to[(row * Grid.Columns) + column] = mustSwap ? swap(from[at]) : from[at];
            }
        }
    }

    private void Scatter<T>(ReadOnlySpan<byte> samples, ReadOnlySpan<bool> masked, int slice, Span<byte> volume, Func<T, T> swap)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(samples);
        Span<T> to = MemoryMarshal.Cast<byte, T>(volume);
        bool mustSwap = MustSwap;
        for (int row = 0; row < Grid.Rows; row++)
        {
            (int at, int step) = Row(slice, row);
            for (int column = 0; column < Grid.Columns; column++, at += step)
            {
                int i = (row * Grid.Columns) + column;
                if (masked.IsEmpty || masked[i])
                {
                    to[at] = mustSwap ? swap(from[i]) : from[i];
                }
            }
        }
    }

    // Index of the row's first voxel in the stored array, and the way to the next column.
    private (int At, int Step) Row(int slice, int row)
    {
        (int nx, int ny, _) = Header.Size;
        int Stride(SliceAxis axis) => axis switch { SliceAxis.X => 1, SliceAxis.Y => nx, _ => nx * ny };
        int start = (slice * Stride(Grid.Axis)) + (row * Stride(Grid.RowAxis));
        int step = Stride(Grid.ColumnAxis);
        return Mirrored ? (start + ((Grid.Columns - 1) * step), -step) : (start, step);
    }
}
