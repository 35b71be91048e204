using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Nifti;

/// <summary>Grid of a NIfTI file in DICOM's patient space.</summary>
internal static class NiftiGeometry
{
    /// <summary>Slices stay in stored order along the normal; where that needs it, columns are mirrored.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NiftiAffineInvalid"/>.</exception>
    public static (VolumeGeometry Geometry, bool Mirrored) Of(NiftiFile file, SliceGrid grid)
    {
        double[,] affine = NiftiAffine.ToRasMm(file.Header, file.Name);
        Vector3 sliceStep = Lps(affine, (int)grid.Axis);
        Vector3 rowStep = Lps(affine, (int)grid.RowAxis);
        Vector3 columnStep = Lps(affine, (int)grid.ColumnAxis);
        Vector3 origin = Lps(affine, 3);
        bool mirrored = columnStep.Cross(rowStep).Dot(sliceStep) < 0;
        if (mirrored)
        {
            origin += columnStep * (grid.Columns - 1);
            columnStep *= -1;
        }

        double spacing = columnStep.Normalized().Cross(rowStep.Normalized()).Normalized().Dot(sliceStep);
        var geometry = new VolumeGeometry
        {
            Rows = grid.Rows,
            Columns = grid.Columns,
            RowSpacingMm = rowStep.Length,
            ColumnSpacingMm = columnStep.Length,
            RowDirection = columnStep.Normalized(),
            ColumnDirection = rowStep.Normalized(),
            SliceOrigins = [.. Enumerable.Range(0, grid.Slices).Select(slice => origin + (sliceStep * slice))],
            SlicePositionsMm = [.. Enumerable.Range(0, grid.Slices).Select(slice => spacing * slice)],
            SliceSpacingMm = spacing,
        };
        return (geometry, mirrored);
    }

    // NIfTI's x runs to the right and y to the front, DICOM's to the left and to the back.
    private static Vector3 Lps(double[,] rasMm, int column) => new(-rasMm[0, column], -rasMm[1, column], rasMm[2, column]);
}
