using System.Collections.Immutable;

namespace Inpaint.Medical.Core.Volumes;

/// <summary>
/// Where the voxels of a volume lie in patient space (LPS, mm; PS3.3 C.7.6.2.1.1). Geometry has no defaults.
/// </summary>
public sealed record VolumeGeometry
{
    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>Distance between the centres of adjacent rows, mm (first value of Pixel Spacing).</summary>
    public required double RowSpacingMm { get; init; }

    /// <summary>Distance between the centres of adjacent columns, mm (second value of Pixel Spacing).</summary>
    public required double ColumnSpacingMm { get; init; }

    /// <summary>Direction of increasing column index along a row: first three values of Image Orientation (Patient).</summary>
    public required Vector3 RowDirection { get; init; }

    /// <summary>Direction of increasing row index along a column: last three values of Image Orientation (Patient).</summary>
    public required Vector3 ColumnDirection { get; init; }

    /// <summary>Centre of the first voxel of every slot of the grid, missing ones included, [slices].</summary>
    public required ImmutableArray<Vector3> SliceOrigins { get; init; }

    /// <summary>Positions of the slots along <see cref="Normal"/>, mm, strictly increasing, [slices].</summary>
    public required ImmutableArray<double> SlicePositionsMm { get; init; }

    /// <summary>The step between neighbouring slots that occurs most often, mm.</summary>
    public required double SliceSpacingMm { get; init; }

    public int SliceCount => SlicePositionsMm.Length;

    /// <summary>Unit normal of the slices; slots are ordered along it.</summary>
    public Vector3 Normal => RowDirection.Cross(ColumnDirection);

    /// <summary>Voxels in one slice.</summary>
    public int SliceLength => checked(Rows * Columns);
}
