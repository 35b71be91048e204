using System.Collections.Immutable;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Validation.Drops;

namespace Inpaint.Medical.Validation.Running;

/// <summary>Part of the inputs that one task of a cluster works on.</summary>
/// <param name="Index">1 … Count.</param>
public readonly record struct Shard(int Index, int Count)
{
    public static Shard Whole => new(1, 1);

    /// <summary>Whether the input of this number, 0-based in the order of names, belongs to the shard.</summary>
    public bool Holds(int input) => input % Count == Index - 1;
}

/// <summary>What to validate and how.</summary>
public sealed record ValidationSettings
{
    public required ImmutableArray<DropSpec> Drops { get; init; }

    /// <summary>In the order of the summary; names are unique.</summary>
    public required ImmutableArray<IVolumeReconstructor> Methods { get; init; }

    /// <summary>Names of the methods that others are compared with.</summary>
    public required ImmutableArray<string> Baselines { get; init; }

    public ulong Seed { get; init; }

    public int BootstrapDraws { get; init; } = 2000;

    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Goes on where an earlier run of the same plan in the same folder was stopped.</summary>
    public bool Resume { get; init; }

    /// <summary>Version of the product.</summary>
    public required string Version { get; init; }

    /// <summary>Cases of one volume that are worked on at a time.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}

/// <summary>A finished case, for progress.</summary>
public sealed record ValidationProgress(int Finished, int Total, string Volume, string Drop);

/// <summary>What a run found: the summary and the rows behind it.</summary>
public sealed record ValidationResult(ValidationSummary Summary, ImmutableArray<SliceScore> Slices);
