namespace Inpaint.Medical.Core.Volumes;

/// <summary>
/// Finite voxels of some slices by rank, without a copy of them: the upper half of a value's bits is counted, then the lower half of those
/// that share the upper one. Bits are made to sort as the values do (sign flipped; all flipped where it is negative).
/// </summary>
public sealed class RankedVoxels
{
    private const int Halves = 1 << 16;

    private readonly Volume _volume;
    private readonly IReadOnlyList<int> _slices;
    private readonly float _least;
    private readonly int _step;
    private readonly long[] _upper;

    /// <param name="volume">Real units.</param>
    /// <param name="slices">Slices to look at; those without data hold nothing.</param>
    /// <param name="least">Lower values count as this one.</param>
    /// <param name="step">Only every so manieth voxel is looked at, counted from slice to slice.</param>
    public RankedVoxels(Volume volume, IReadOnlyList<int> slices, float least, int step = 1)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        (_volume, _slices, _least, _step) = (volume, slices, least, step);
        _upper = Histogram(bits => (int)(bits >> 16));
        Count = _upper.Sum();
    }

    /// <summary>How many voxels are finite.</summary>
    public long Count { get; }

    /// <summary>Percentile with linear interpolation between neighbours, as numpy.percentile has it.</summary>
    public double Percentile(double percent)
    {
        double position = percent / 100 * (Count - 1);
        long below = (long)Math.Floor(position);
        double low = OfRank(below);
        return below + 1 == Count ? low : low + ((position - below) * (OfRank(below + 1) - low));
    }

    /// <summary>The voxel that so many others precede, in order of size.</summary>
    /// <param name="rank">From 0; below <see cref="Count"/>.</param>
    public float OfRank(long rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, Count);
        int upper = Find(_upper, ref rank);
        int lower = Find(Histogram(bits => (int)(bits >> 16) == upper ? (int)(bits & 0xFFFF) : -1), ref rank);
        uint bits = ((uint)upper << 16) | (uint)lower;
        return BitConverter.UInt32BitsToSingle((bits & 0x8000_0000) != 0 ? bits ^ 0x8000_0000 : ~bits);
    }

    // The place that holds the rank; what is left of the rank counts within it.
    private static int Find(long[] histogram, ref long rank)
    {
        int place = 0;
        while (rank >= histogram[place])
        {
            rank -= histogram[place++];
        }

        return place;
    }

    private long[] Histogram(Func<uint, int> place)
    {
        var histogram = new long[Halves];
        int next = 0;
        foreach (int slice in _slices)
        {
            ReadOnlySpan<float> voxels = _volume.IsPresent(slice) ? _volume.Slice(slice) : [];
            for (; next < voxels.Length; next += _step)
            {
                if (float.IsFinite(voxels[next]) && place(Sortable(Math.Max(voxels[next], _least))) is >= 0 and int at)
                {
                    histogram[at]++;
                }
            }

            next -= voxels.Length;
        }

        return histogram;
    }

    // Adding 0 makes −0 and 0 one value.
    private static uint Sortable(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return (bits & 0x8000_0000) != 0 ? ~bits : bits ^ 0x8000_0000;
    }
}
