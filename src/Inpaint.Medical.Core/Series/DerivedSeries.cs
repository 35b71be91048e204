using System.Collections.Immutable;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Series;

/// <summary>Copy: samples bit-identical to one source. Repaired: some voxels replaced. Synthetic: the whole slice predicted.</summary>
public enum SliceKind
{
    Copy,
    Repaired,
    Synthetic,
}

/// <summary>Complete: the whole volume, copies included. Sparse: only the rebuilt slices.</summary>
public enum OutputMode
{
    Complete,
    Sparse,
}

/// <summary>One slice of a derived series, ready to be encoded.</summary>
public sealed record DerivedSlice
{
    public required int Slice { get; init; }

    public required SliceKind Kind { get; init; }

    /// <summary>Of the object that holds the slice: one for all slices where the source is multi-frame.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>1…N along the stack in the direction of the source's numbering.</summary>
    public required int InstanceNumber { get; init; }

    /// <summary>The image whose attributes are taken: itself for a copy or repair, the nearest acquired slice for a synthetic one.</summary>
    public required InstanceHeader Reference { get; init; }

    /// <summary>Image Position (Patient), LPS mm; for copies and repairs the source's own decimal strings are written instead.</summary>
    public required Vector3 Origin { get; init; }

    /// <summary>Images whose voxels influenced this slice, in slice order; exactly one for a copy.</summary>
    public required ImmutableArray<InstanceHeader> Sources { get; init; }

    /// <summary>Stored samples, little endian, [rows × columns].</summary>
    public required ReadOnlyMemory<byte> Samples { get; init; }

    /// <summary>Gives <see cref="Samples"/> their meaning where slices of one series differ; null for the series' own.</summary>
    public Rescale? Rescale { get; init; }

    /// <summary>Null for a copy.</summary>
    public MethodIdentity? Method { get; init; }

    /// <summary>Number of predicted voxels.</summary>
    public int SyntheticVoxels { get; init; }
}

/// <summary>A derived series, planned to the last UID and sample: what a sink writes. Same inputs, protocol, method and software give the same plan: it knows no clock.</summary>
public sealed record DerivedSeries
{
    public required ImageSeries Source { get; init; }

    public required string SeriesInstanceUid { get; init; }

    public required OutputMode Mode { get; init; }

    /// <summary>How the protocol wants it written; null leaves the writer's own settings.</summary>
    public OutputPolicy? Policy { get; init; }

    public required VolumeGeometry Geometry { get; init; }

    public required PixelFormat Format { get; init; }

    public required Rescale Rescale { get; init; }

    public required ImmutableArray<DerivedSlice> Slices { get; init; }

    /// <summary>Identifies the run in descriptions and in the record.</summary>
    public required string RunId { get; init; }
}
