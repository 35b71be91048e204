using System.Numerics.Tensors;

namespace Inpaint.Medical.Torch.Training;

/// <summary>One training example: the visible slices and the target, [visible + 1, rows, columns], and what is hidden of the target.</summary>
/// <param name="Voxels">Visible slices in the order of the pattern, then the target.</param>
/// <param name="Missing">1 where the target is to be predicted, [rows, columns].</param>
/// <param name="Pattern">Offsets of the visible slices.</param>
/// <param name="Spacing">Millimetres from slice to slice and between pixels.</param>
public sealed record Example(float[] Voxels, float[] Missing, HolePattern Pattern, (double Slice, double Pixel) Spacing);

/// <summary>
/// Cuts random examples out of volumes: any axis of isotropic ones, coarser resampling as thin, contiguous or overlapping slices, flips,
/// transposes, changes of contrast. Stateless: the same random numbers give the same example.
/// </summary>
public sealed class SlabSampler
{
    private readonly IReadOnlyList<TrainingVolume> volumes;
    private readonly double[] cumulative;

    /// <exception cref="ArgumentException">No volumes.</exception>
    public SlabSampler(IReadOnlyList<TrainingVolume> volumes)
    {
        ArgumentNullException.ThrowIfNull(volumes);
        if (volumes.Count == 0) throw new ArgumentException("No volumes to train on.", nameof(volumes));
        this.volumes = volumes;
        cumulative = new double[volumes.Count];
        double total = 0;
        for (int i = 0; i < volumes.Count; i++) cumulative[i] = total += Math.Sqrt(Math.Min(volumes[i].Voxels.Length, 6e6));
    }

    /// <summary>One example of <paramref name="rows"/> x <paramref name="columns"/> pixels.</summary>
    /// <exception cref="InvalidOperationException">No volume is large enough.</exception>
    public Example Draw(Random random, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(random);
        for (int attempt = 0; attempt < 2000; attempt++)
        {
            if (TryDraw(random, rows, columns) is { } example) return example;
        }

        throw new InvalidOperationException($"No volume holds a slab of {rows} x {columns} pixels with structure in it.");
    }

    private Example? TryDraw(Random random, int rows, int columns)
    {
        TrainingVolume volume = Pick(random);
        Axis[] axes =
        [
            new(volume.Slices, (long)volume.Rows * volume.Columns, volume.SpacingMm.Slice),
            new(volume.Rows, volume.Columns, volume.SpacingMm.Row),
            new(volume.Columns, 1, volume.SpacingMm.Column),
        ];
        int through = Through(random, axes);
        Axis slice = axes[through], row = axes[through == 0 ? 1 : 0], column = axes[through == 2 ? 1 : 2];
        if (random.Next(2) == 0) (row, column) = (column, row);

        HolePattern pattern = HolePattern.Draw(random);
        int[] offsets = [.. pattern.Visible, 0];
        bool backwards = random.Next(2) == 0;
        int stride = Choose(random, .5, .26, .15, .09), width = Choose(random, .35, .45, .2) switch { 1 => 1, 2 => stride, _ => 2 * stride };
        int shrinkRow = Choose(random, .6, .3, .1), shrinkColumn = random.NextDouble() < .8 ? shrinkRow : Choose(random, .6, .3, .1);
        int low = offsets.Min() * stride, high = (offsets.Max() * stride) + width - 1;
        if (high - low >= slice.Length || rows * shrinkRow > row.Length || columns * shrinkColumn > column.Length) return null;
        (double Slice, double Pixel) spacing = (slice.Mm * stride, Math.Sqrt(row.Mm * shrinkRow * column.Mm * shrinkColumn));
        if (spacing.Slice > 8 * spacing.Pixel || spacing.Pixel > 4 * spacing.Slice) return null;

        // Of two places the one that changes more from slice to slice: empty background teaches nothing.
        long best = -1;
        double most = -1;
        int step = Math.Min(stride, (slice.Length - 1 - high + low) / 2 + 1);
        for (int place = 0; place < 2; place++)
        {
            int s = random.Next(slice.Length - high + low) - low, y = random.Next(row.Length - (rows * shrinkRow) + 1), x = random.Next(column.Length - (columns * shrinkColumn) + 1);
            long origin = (s * slice.Step) + (y * row.Step) + (x * column.Step);
            long neighbour = (s + step < slice.Length ? step : -step) * slice.Step;
            double change = Change(volume.Voxels, origin, neighbour, row.Step * shrinkRow * rows / 8, column.Step * shrinkColumn * columns / 8);
            if (change > most) (most, best) = (change, origin);
        }

        if (most < 1e-5) return null;
        var voxels = new float[offsets.Length * rows * columns];
        for (int i = 0; i < offsets.Length; i++)
        {
            Average(volume.Voxels, best + (offsets[i] * stride * slice.Step), slice.Step, width, row.Step, shrinkRow, column.Step, shrinkColumn,
                voxels.AsSpan(i * rows * columns, rows * columns), rows, columns);
        }

        return Augment(random, voxels, pattern, spacing, rows, columns, backwards);
    }

    private static Example? Augment(Random random, float[] voxels, HolePattern pattern, (double Slice, double Pixel) spacing, int rows, int columns, bool backwards)
    {
        int size = rows * columns, visible = pattern.Visible.Length;
        if (TensorPrimitives.StdDev<float>(voxels) < .02f) return null;
        bool flipRows = random.Next(2) == 0, flipColumns = random.Next(2) == 0;
        for (int i = 0; i <= visible; i++) Flip(voxels.AsSpan(i * size, size), rows, columns, flipRows, flipColumns);
        if (backwards)
        {
            pattern = pattern with { Visible = [.. pattern.Visible.Reverse().Select(z => -z)] };
            for (int i = 0; i < visible / 2; i++) Swap(voxels.AsSpan(i * size, size), voxels.AsSpan((visible - 1 - i) * size, size));
        }

        if (random.NextDouble() < .3)
        {
            float gamma = (float)Math.Exp((random.NextDouble() * .7) - .35);
            for (int i = 0; i < voxels.Length; i++) voxels[i] = MathF.CopySign(MathF.Pow(Math.Abs(voxels[i]), gamma), voxels[i]);
        }

        float scale = (float)(.7 + (random.NextDouble() * .7)), offset = (float)((random.NextDouble() * .3) - .15);
        if (random.NextDouble() < .15) (scale, offset) = (-scale, offset + 1);
        TensorPrimitives.Multiply(voxels, scale, voxels);
        TensorPrimitives.Add(voxels, offset, voxels);
        if (random.NextDouble() < .08)
        {
            float noise = (float)(random.NextDouble() * .03);
            for (int i = 0; i < visible * size; i++) voxels[i] += noise * (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f);
        }

        return new Example(voxels, Hidden(random, rows, columns), pattern, spacing);
    }

    /// <summary>Mostly the whole slice; at times a block or band of it.</summary>
    private static float[] Hidden(Random random, int rows, int columns)
    {
        var missing = new float[rows * columns];
        if (random.NextDouble() < .92)
        {
            Array.Fill(missing, 1);
            return missing;
        }

        int high = random.Next(rows / 4, rows + 1), wide = random.Next(columns / 4, columns + 1);
        int y = random.Next(rows - high + 1), x = random.Next(columns - wide + 1);
        for (int row = y; row < y + high; row++) missing.AsSpan((row * columns) + x, wide).Fill(1);
        return missing;
    }

    private TrainingVolume Pick(Random random)
    {
        double u = random.NextDouble() * cumulative[^1];
        int i = 0;
        while (cumulative[i] < u) i++;
        return volumes[i];
    }

    private static int Through(Random random, Axis[] axes)
    {
        double largest = axes.Max(a => a.Mm), smallest = axes.Min(a => a.Mm);
        if (largest < 1.25 * smallest) return random.Next(3);
        return random.NextDouble() < .7 ? 0 : random.Next(1, 3);
    }

    private static int Choose(Random random, params ReadOnlySpan<double> shares)
    {
        double u = random.NextDouble();
        int i = 0;
        while (i < shares.Length - 1 && u >= shares[i]) u -= shares[i++];
        return i + 1;
    }

    private static double Change(float[] voxels, long origin, long neighbour, long rowStep, long columnStep)
    {
        double sum = 0;
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 8; x++)
            {
                long at = origin + (y * rowStep) + (x * columnStep);
                double difference = voxels[at] - voxels[at + neighbour];
                sum += difference * difference;
            }
        }

        return sum / 64;
    }

    private static void Average(float[] voxels, long origin, long sliceStep, int width, long rowStep, int shrinkRow, long columnStep, int shrinkColumn,
        Span<float> image, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            Span<float> line = image.Slice(row * columns, columns);
            for (int y = 0; y < shrinkRow; y++)
            {
                for (int s = 0; s < width; s++)
                {
                    long at = origin + (s * sliceStep) + (((row * shrinkRow) + y) * rowStep);
                    if (columnStep == 1 && shrinkColumn == 1)
                    {
                        TensorPrimitives.Add(line, voxels.AsSpan((int)at, columns), line);
                        continue;
                    }

                    for (int x = 0; x < columns; x++)
                    {
                        for (int k = 0; k < shrinkColumn; k++, at += columnStep) line[x] += voxels[at];
                    }
                }
            }
        }

        if (width * shrinkRow * shrinkColumn > 1) TensorPrimitives.Multiply(image, 1f / (width * shrinkRow * shrinkColumn), image);
    }

    private static void Flip(Span<float> image, int rows, int columns, bool flipRows, bool flipColumns)
    {
        if (flipRows && flipColumns) image.Reverse();
        else if (flipColumns)
        {
            for (int row = 0; row < rows; row++) image.Slice(row * columns, columns).Reverse();
        }
        else if (flipRows)
        {
            for (int row = 0; row < rows / 2; row++) Swap(image.Slice(row * columns, columns), image.Slice((rows - 1 - row) * columns, columns));
        }
    }

    private static void Swap(Span<float> a, Span<float> b)
    {
        for (int i = 0; i < a.Length; i++) (a[i], b[i]) = (b[i], a[i]);
    }

    private readonly record struct Axis(int Length, long Step, double Mm);
}
