using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch;

/// <summary>
/// The sum at the end of <see cref="MaskedVolumeTransformer"/> in one pass over memory, where no gradient is asked for: as tensor operations it reads and writes
/// many times what it computes, and took a quarter of a prediction.
/// </summary>
/// <remarks>Sums in float32. The reference is <see cref="MaskedVolumeTransformer"/>'s own sum of tensors, which learns.</remarks>
internal static class BlockMixing
{
    private const int Side = MaskedVolumeTransformer.Side, Plane = Side * Side, Taps = 2 * Plane, Extras = MaskedVolumeTransformer.Extras, PerPixel = Taps + Extras;
    private const int Edge = 2;                         // pixels around a block of 2 x 2

    /// <summary>Whether <see cref="Run"/> can do it: on the CPU, float32 images, no gradient.</summary>
    public static bool Serves(Tensor weights, Tensor start) =>
        weights.device_type == DeviceType.CPU && !weights.requires_grad && start.dtype == ScalarType.Float32 && weights.dtype is ScalarType.BFloat16 or ScalarType.Float32;

    /// <param name="weights">[batch, rows/2, columns/2, 4, weights], bfloat16 or float32.</param>
    /// <param name="pair">The two displaced slices, [batch, 2, rows, columns].</param>
    /// <param name="start">The base, [batch, 1, rows, columns].</param>
    /// <param name="guesses">Other guesses as differences from the base, [batch, guesses, rows, columns].</param>
    /// <returns>What to add to the base, [batch, rows, columns].</returns>
    public static Tensor Run(Tensor weights, Tensor pair, Tensor start, Tensor guesses)
    {
        using var scope = NewDisposeScope();
        (weights, pair, start, guesses) = (weights.contiguous(), pair.contiguous(), start.contiguous(), guesses.contiguous());
        int batch = (int)start.shape[0], rows = (int)start.shape[2], columns = (int)start.shape[3];
        Tensor mixed = torch.empty(batch, rows, columns);
        for (int item = 0; item < batch; item++)
        {
            var image = new Item(rows, columns, Part(pair, item, batch), Part(start, item, batch), Part(guesses, item, batch), Part(mixed, item, batch));
            if (weights.dtype == ScalarType.BFloat16) Mix<ushort, Brain>(image, MemoryMarshal.Cast<byte, ushort>(weights.bytes).Slice(item * image.WeightCount, image.WeightCount));
            else Mix<float, Single>(image, Part(weights, item, batch));
        }

        return mixed.MoveToOuterDisposeScope();
    }

    private static Span<float> Part(Tensor whole, int item, int batch)
    {
        Span<float> values = MemoryMarshal.Cast<byte, float>(whole.bytes);
        return values.Slice(item * (values.Length / batch), values.Length / batch);
    }

    private static void Mix<T, TNumber>(Item image, ReadOnlySpan<T> weights)
        where T : unmanaged
        where TNumber : INumber<T>
    {
        int wide = image.Columns + (2 * Edge), high = image.Rows + (2 * Edge);
        float[] padded = ArrayPool<float>.Shared.Rent((2 * high * wide) + Vector256<float>.Count);
        Span<float> patch = stackalloc float[Taps + Vector256<float>.Count];
        for (int slice = 0; slice < 2; slice++) Pad(image.Pair.Slice(slice * image.Rows * image.Columns), image.Rows, image.Columns, padded.AsSpan(slice * high * wide));
        for (int row = 0; row < image.Rows; row += 2)
        {
            for (int column = 0; column < image.Columns; column += 2)
            {
                int at = (row * image.Columns) + column, block = (row / 2 * (image.Columns / 2)) + (column / 2);
                float centre = (image.Start[at] + image.Start[at + 1] + image.Start[at + image.Columns] + image.Start[at + image.Columns + 1]) / 4;
                Gather(padded.AsSpan((row * wide) + column), wide, high * wide, centre, patch);
                for (int pixel = 0; pixel < 4; pixel++)
                {
                    int here = at + (pixel / 2 * image.Columns) + (pixel % 2);
                    ReadOnlySpan<T> own = weights.Slice(((block * 4) + pixel) * PerPixel, PerPixel);
                    (float sum, float weight) = Dot<T, TNumber>(own, patch);
                    sum -= weight * (image.Start[here] - centre);
                    for (int guess = 0; guess < Extras; guess++) sum += TNumber.One(own[Taps + guess]) * image.Guesses[(guess * image.Rows * image.Columns) + here];
                    image.Mixed[here] = sum;
                }
            }
        }

        ArrayPool<float>.Shared.Return(padded);
    }

    /// <summary>Sum of the weighted neighbours, and of the weights.</summary>
    private static (float Sum, float Weight) Dot<T, TNumber>(ReadOnlySpan<T> weights, ReadOnlySpan<float> patch)
        where T : unmanaged
        where TNumber : INumber<T>
    {
        Vector256<float> sum = Vector256<float>.Zero, weight = Vector256<float>.Zero;
        for (int tap = 0; tap < Taps; tap += Vector256<float>.Count)
        {
            Vector256<float> eight = TNumber.Eight(weights.Slice(tap, Vector256<float>.Count));
            sum = Vector256.MultiplyAddEstimate(eight, Vector256.Create(patch.Slice(tap, Vector256<float>.Count)), sum);
            weight += eight;
        }

        return (Vector256.Sum(sum), Vector256.Sum(weight));
    }

    // The neighbourhood in both slices, slice by slice, row by row; each store of eight is followed by the next row's, six further on.
    private static void Gather(ReadOnlySpan<float> corner, int wide, int slice, float centre, Span<float> patch)
    {
        Vector256<float> middle = Vector256.Create(centre);
        for (int line = 0; line < 2 * Side; line++)
        {
            int from = (line / Side * slice) + (line % Side * wide);
            (Vector256.Create(corner.Slice(from, Vector256<float>.Count)) - middle).CopyTo(patch[(line * Side)..]);
        }
    }

    private static void Pad(ReadOnlySpan<float> image, int rows, int columns, Span<float> padded)
    {
        int wide = columns + (2 * Edge);
        for (int row = 0; row < rows + (2 * Edge); row++)
        {
            ReadOnlySpan<float> from = image.Slice(Math.Clamp(row - Edge, 0, rows - 1) * columns, columns);
            Span<float> to = padded.Slice(row * wide, wide);
            from.CopyTo(to[Edge..]);
            to[..Edge].Fill(from[0]);
            to[^Edge..].Fill(from[^1]);
        }
    }

    private interface INumber<T>
        where T : unmanaged
    {
        static abstract float One(T value);

        static abstract Vector256<float> Eight(ReadOnlySpan<T> values);
    }

    private readonly struct Single : INumber<float>
    {
        public static float One(float value) => value;

        public static Vector256<float> Eight(ReadOnlySpan<float> values) => Vector256.Create(values);
    }

    /// <summary>bfloat16: the upper half of a float32.</summary>
    private readonly struct Brain : INumber<ushort>
    {
        public static float One(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

        public static Vector256<float> Eight(ReadOnlySpan<ushort> values)
        {
            (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(Vector128.Create(values));
            return Vector256.ShiftLeft(Vector256.Create(lower, upper), 16).AsSingle();
        }
    }

    private readonly ref struct Item(int rows, int columns, ReadOnlySpan<float> pair, ReadOnlySpan<float> start, ReadOnlySpan<float> guesses, Span<float> mixed)
    {
        public int Rows { get; } = rows;

        public int Columns { get; } = columns;

        public ReadOnlySpan<float> Pair { get; } = pair;

        public ReadOnlySpan<float> Start { get; } = start;

        public ReadOnlySpan<float> Guesses { get; } = guesses;

        public Span<float> Mixed { get; } = mixed;

        public int WeightCount => Rows * Columns * PerPixel;
    }
}
