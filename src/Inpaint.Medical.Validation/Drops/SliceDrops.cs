using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Statistics;

namespace Inpaint.Medical.Validation.Drops;

/// <summary>Every K-th slice.</summary>
internal sealed record EverySlice(string Text, int Step) : DropSpec(Text)
{
    internal override IEnumerable<KeyValuePair<int, RegionMask?>> Choose(Volume volume, SplitMix64 generator) =>
        Whole(Enumerable.Range(1, volume.SliceCount / Step).Select(i => (i * Step) - 1).Where(slice => slice < volume.SliceCount - 1));
}

/// <summary>Runs of consecutive slices, each in the middle of its part of the series.</summary>
internal sealed record SliceRuns(string Text, int Length, int Count) : DropSpec(Text)
{
    internal override IEnumerable<KeyValuePair<int, RegionMask?>> Choose(Volume volume, SplitMix64 generator)
    {
        // A run needs a visible slice before it; the last one also one after it.
        if ((long)Count * (Length + 1) + 1 > volume.SliceCount)
        {
            throw new InpaintException(ErrorCode.TooFewSlices, $"{Text} needs at least {((long)Count * (Length + 1)) + 1} slices; the volume has {volume.SliceCount}.");
        }

        double part = (double)volume.SliceCount / Count;
        return Whole(Enumerable.Range(0, Count)
            .Select(run => Math.Max(1, (int)Math.Floor(((run + 0.5) * part) - (Length / 2.0))))
            .SelectMany(first => Enumerable.Range(first, Length))
            .Where(slice => slice < volume.SliceCount - 1));
    }
}

/// <summary>Slices by number.</summary>
internal sealed record ListedSlices(string Text, string List) : DropSpec(Text)
{
    internal override IEnumerable<KeyValuePair<int, RegionMask?>> Choose(Volume volume, SplitMix64 generator) =>
        Whole(SliceNumbers.Parse(List, volume.SliceCount));
}

/// <summary>A part of the slices between the ends, without replacement.</summary>
internal sealed record RandomSlices(string Text, double Part) : DropSpec(Text)
{
    internal override IEnumerable<KeyValuePair<int, RegionMask?>> Choose(Volume volume, SplitMix64 generator)
    {
        int[] inner = [.. Enumerable.Range(1, Math.Max(0, volume.SliceCount - 2))];
        int count = Math.Min(inner.Length, Math.Max(1, (int)Math.Round(Part * inner.Length)));
        for (int i = 0; i < count; i++)
        {
            int other = i + generator.Index(inner.Length - i);
            (inner[i], inner[other]) = (inner[other], inner[i]);
        }

        return Whole(inner.Take(count));
    }
}

/// <summary>Both ends.</summary>
internal sealed record EndSlices(string Text, int Length) : DropSpec(Text)
{
    internal override IEnumerable<KeyValuePair<int, RegionMask?>> Choose(Volume volume, SplitMix64 generator) =>
        Whole(Enumerable.Range(0, volume.SliceCount).Where(slice => slice < Length || slice >= volume.SliceCount - Length));
}

/// <summary>A band of rows or a block inside every fourth slice.</summary>
internal sealed record RegionsInSlices(string Text, bool IsBand, int Size) : DropSpec(Text)
{
    private const int Step = 4;

    internal override IEnumerable<KeyValuePair<int, RegionMask?>> Choose(Volume volume, SplitMix64 generator)
    {
        int rows = volume.Geometry.Rows;
        int columns = volume.Geometry.Columns;
        int width = IsBand ? columns : Size;
        if (Size >= rows || width > columns)
        {
            throw new InpaintException(ErrorCode.TooFewSlices, $"{Text} does not fit into slices of {rows} x {columns} voxels.");
        }

        var hidden = new List<KeyValuePair<int, RegionMask?>>();
        for (int slice = Step / 2; slice < volume.SliceCount - 1; slice += Step)
        {
            int top = generator.Index(rows - Size + 1);
            int left = generator.Index(columns - width + 1);
            var masked = new bool[rows * columns];
            for (int row = top; row < top + Size; row++)
            {
                masked.AsSpan((row * columns) + left, width).Fill(true);
            }

            hidden.Add(new(slice, new RegionMask(masked)));
        }

        return hidden;
    }
}
