using System.Collections.Immutable;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Cli.Samples;

/// <summary>What is done to a complete series to make a damaged one. Slices count from 0.</summary>
/// <param name="Dropped">No file.</param>
/// <param name="Truncated">The file ends in the middle of its pixels.</param>
/// <param name="Blank">All pixels 0.</param>
internal sealed record Damage(ImmutableArray<int> Dropped, ImmutableArray<int> Truncated, ImmutableArray<int> Blank)
{
    public static Damage None { get; } = new([], [], []);

    /// <summary>Every damaged slice, ascending.</summary>
    public ImmutableArray<int> All => [.. Dropped.Concat(Truncated).Concat(Blank).Distinct().Order()];

    /// <param name="dropped">Lists such as 10,20-23; null for none.</param>
    public static Damage Parse(string? dropped, string? truncated, string? blank, int sliceCount) =>
        new(List(dropped, sliceCount), List(truncated, sliceCount), List(blank, sliceCount));

    /// <summary>The volume without the dropped slices and with the blank ones emptied.</summary>
    public Volume ApplyTo(Volume volume)
    {
        var slices = new float[volume.SliceCount][];
        for (int slice = 0; slice < slices.Length; slice++)
        {
            slices[slice] = Dropped.Contains(slice) ? null!
                : Blank.Contains(slice) ? new float[volume.Geometry.SliceLength]
                : volume.Slice(slice).ToArray();
        }

        return new Volume(volume.Geometry, slices);
    }

    /// <summary>Cuts the files of the truncated slices to 60 %.</summary>
    /// <param name="folder">A folder written by the exporter, which names files by slice.</param>
    public void TruncateFiles(string folder)
    {
        foreach (int slice in Truncated)
        {
            using FileStream file = File.Open(Path.Combine(folder, FormattableString.Invariant($"IM{slice + 1:D4}.dcm")), FileMode.Open);
            file.SetLength(file.Length * 6 / 10);
        }
    }

    private static ImmutableArray<int> List(string? text, int sliceCount) => text is null ? [] : SliceNumbers.Parse(text, sliceCount);
}
