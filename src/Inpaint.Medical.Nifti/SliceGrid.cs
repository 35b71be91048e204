using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti;

/// <summary>How the stored x, y, z array is cut into slices, rows and columns.</summary>
/// <param name="Axis">Slice axis. Rows run along the later, columns along the earlier of the two other axes.</param>
/// <param name="SliceSpacingMm">Distance of slices in mm; likewise rows and columns.</param>
public sealed record SliceGrid(
    SliceAxis Axis, int Slices, int Rows, int Columns, double SliceSpacingMm, double RowSpacingMm, double ColumnSpacingMm)
{
    /// <summary>Axis along which the row index runs.</summary>
    public SliceAxis RowAxis => Axis == SliceAxis.Z ? SliceAxis.Y : SliceAxis.Z;

    /// <summary>Axis along which the column index runs.</summary>
    public SliceAxis ColumnAxis => Axis == SliceAxis.X ? SliceAxis.Y : SliceAxis.X;

    /// <summary>Grid of a file along <paramref name="axis"/>, or along the axis that <see cref="SliceAxes.Resolve"/> finds.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NiftiAffineInvalid"/>: no spacing;
    /// <see cref="ErrorCode.NiftiStreamTooLarge"/>: more voxels than one array holds.</exception>
    public static SliceGrid Of(NiftiFile file, SliceAxis? axis)
    {
        NiftiHeader header = file.Header;
        if (header.VoxelsPerVolume > Array.MaxLength)
        {
            throw new InpaintException(ErrorCode.NiftiStreamTooLarge, $"{file.Name}: {header.VoxelsPerVolume} voxels in a volume; at most {Array.MaxLength} are held.");
        }

        double[] spacing = NiftiAffine.SpacingMm(header, file.Name);
        SliceAxis chosen = axis ?? SliceAxes.Resolve(spacing[0], spacing[1], spacing[2]);
        var shape = new SliceGrid(chosen, 0, 0, 0, 0, 0, 0);
        int Length(SliceAxis a) => (int)header.Dim[1 + (int)a];
        return shape with
        {
            Slices = Length(chosen),
            Rows = Length(shape.RowAxis),
            Columns = Length(shape.ColumnAxis),
            SliceSpacingMm = spacing[(int)chosen],
            RowSpacingMm = spacing[(int)shape.RowAxis],
            ColumnSpacingMm = spacing[(int)shape.ColumnAxis],
        };
    }
}

/// <summary>Voxels of one volume in real units, cut into slices.</summary>
/// <param name="Slices">[slices] arrays of [rows × columns]; owned by the receiver.</param>
public sealed record NiftiVolume(SliceGrid Grid, float[][] Slices);
