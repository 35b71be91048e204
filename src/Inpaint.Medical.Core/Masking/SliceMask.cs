using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Core.Masking;

/// <summary>Intact: never changed. Missing: no slice there. Corrupted: a slice that is replaced as a whole. Partial: some voxels replaced.</summary>
public enum SliceVerdict
{
    Intact,
    Missing,
    Corrupted,
    Partial,
}

/// <summary>Voxels of one slice that are masked, [rows × columns], true = masked.</summary>
public sealed class RegionMask
{
    private readonly bool[] _masked;

    /// <param name="masked">[rows × columns]; ownership passes to the mask.</param>
    public RegionMask(bool[] masked)
    {
        ArgumentNullException.ThrowIfNull(masked);
        _masked = masked;
        Count = masked.Count(voxel => voxel);
    }

    /// <summary>Number of masked voxels.</summary>
    public int Count { get; }

    public ReadOnlySpan<bool> Masked => _masked;
}

/// <summary>A maximal run of consecutive masked slices.</summary>
/// <param name="First">First masked slice.</param>
/// <param name="Count">Number of slices.</param>
public readonly record struct MaskRun(int First, int Count)
{
    public int Last => First + Count - 1;
}

/// <summary>One decision of the mask: verdict, reason and detail for the record.</summary>
public sealed record MaskedSlice(int Slice, SliceVerdict Verdict, ErrorCode Reason, string Detail);

/// <summary>Which slices and voxels must be predicted, and why.</summary>
public sealed record SliceMask
{
    /// <summary>[slices].</summary>
    public required ImmutableArray<SliceVerdict> Verdicts { get; init; }

    /// <summary>Masked voxels of the partial slices, by slice.</summary>
    public ImmutableDictionary<int, RegionMask> Regions { get; init; } = ImmutableDictionary<int, RegionMask>.Empty;

    /// <summary>Every slice that is not intact, in order.</summary>
    public required ImmutableArray<MaskedSlice> Decisions { get; init; }

    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Whether the slice as a whole may be looked at: intact, with every voxel real.</summary>
    public bool IsVisible(int slice) => Verdicts[slice] == SliceVerdict.Intact;

    /// <summary>Whether the whole slice is predicted.</summary>
    public bool IsWholeMasked(int slice) => Verdicts[slice] is SliceVerdict.Missing or SliceVerdict.Corrupted;

    public bool IsEmpty => Decisions.IsEmpty;

    /// <summary>Runs of consecutive slices that are masked as a whole, in order.</summary>
    public ImmutableArray<MaskRun> Runs()
    {
        var runs = ImmutableArray.CreateBuilder<MaskRun>();
        for (int slice = 0; slice < Verdicts.Length; slice++)
        {
            if (!IsWholeMasked(slice))
            {
                continue;
            }

            int first = slice;
            while (slice + 1 < Verdicts.Length && IsWholeMasked(slice + 1))
            {
                slice++;
            }

            runs.Add(new MaskRun(first, slice - first + 1));
        }

        return runs.ToImmutable();
    }

    /// <summary>The same mask with some intact slices hidden as well, to see how well a method predicts what is known.</summary>
    public SliceMask Hide(IEnumerable<int> slices)
    {
        var verdicts = Verdicts.ToBuilder();
        foreach (int slice in slices)
        {
            verdicts[slice] = SliceVerdict.Corrupted;
        }

        return this with { Verdicts = verdicts.ToImmutable(), Regions = Regions.RemoveRange(slices) };
    }
}
