namespace Inpaint.Medical.Nifti;

/// <summary>What is read at most, so that a lying header or a gzip bomb costs no memory.</summary>
public sealed record NiftiLimits
{
    /// <summary>Most bytes of stored voxels of one file, all volumes together (default 16 GiB).</summary>
    public long MaxVoxelBytes { get; init; } = 16L << 30;

    /// <summary>Most bytes between the header and the first voxel (default 64 MiB).</summary>
    public long MaxExtensionBytes { get; init; } = 64L << 20;

    /// <summary>Most bytes after the last voxel; they are kept (default 64 KiB, as some writers pad).</summary>
    public int MaxTrailingBytes { get; init; } = 64 << 10;

    public static NiftiLimits Default { get; } = new();
}
