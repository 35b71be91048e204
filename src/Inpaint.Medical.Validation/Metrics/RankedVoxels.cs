using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Validation.Metrics;

/// <summary>
/// Finite voxels of a volume by rank, without a copy of them: the upper half of a value's bits is counted, then the lower half of those
/// that share the upper one. Bits are made to sort as the values do (sign flipped; all flipped where it is negative).
/// </summary>
internal sealed class RankedVoxels
{
    private const int Halves = 1 << 16;

    private readonly Volume _volume;
    private readonly float _least;
    private readonly long[] _upper;

    /// <param name="least">Lower values count as this one.</param>
    public RankedVoxels(Volume volume, float least)
    {
        (_volume, _least) = (volume, least);
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

    private float OfRank(long rank)
    {
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
        for (int slice = 0; slice < _volume.SliceCount; slice++)
        {
            foreach (float voxel in _volume.IsPresent(slice) ? _volume.Slice(slice) : [])
            {
                if (float.IsFinite(voxel) && place(Sortable(Math.Max(voxel, _least))) is >= 0 and int at)
                {
                    histogram[at]++;
                }
            }
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
