using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Volumes;

/// <summary>One slot of the slice grid: an acquired slice with its stored samples, or a hole.</summary>
public sealed record SliceSlot
{
    public required int Slice { get; init; }

    /// <summary>The acquired image; null for a hole, and for volumes that do not come from DICOM.</summary>
    public InstanceHeader? Source { get; init; }

    /// <summary>Stored samples as decoded, little endian, [rows × columns]; empty for a hole or where decoding failed.</summary>
    public ReadOnlyMemory<byte> Stored { get; init; }

    /// <summary>SHA-256 of <see cref="Stored"/> at the time of decoding, lower-case hex; null where there are no samples.</summary>
    public string? StoredSha256 { get; init; }

    public Rescale Rescale { get; init; } = Rescale.Identity;

    /// <summary>Why an existing slice has no usable samples (truncated, undecodable); None otherwise.</summary>
    public ErrorCode Defect { get; init; }

    public string? DefectDetail { get; init; }

    public bool HasSamples => !Stored.IsEmpty;
}

/// <summary>A series on its grid: voxels in real units, stored samples beside them, and all that is irregular about it.</summary>
public sealed record BuiltVolume
{
    public required Volume Volume { get; init; }

    public required ImmutableArray<SliceSlot> Slots { get; init; }

    /// <summary>Common to all slices.</summary>
    public required PixelFormat Format { get; init; }

    public required string Modality { get; init; }

    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>False where the irregularity is by design or unexplained, so that holes cannot be told: such a series is reported, not filled.</summary>
    public required bool IsFillable { get; init; }

    /// <summary>Real value outside the field of view; null if the format names none.</summary>
    public float? Padding => Format.PaddingValue is { } padding && Slots.FirstOrDefault(slot => slot.HasSamples) is { } first
        ? ((float)padding * (float)first.Rescale.Slope) + (float)first.Rescale.Intercept
        : null;
}
