using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>Brings a NIfTI mask onto the grid of a DICOM series by patient coordinates, whichever way either is stored.</summary>
internal static class MaskOnGrid
{
    // A voxel centre may lie this far outside the mask's own grid: rounding of affines and decimal strings.
    private const double Tolerance = 0.51;

    /// <returns>Masked voxels by slice of <paramref name="grid"/>; slices without any are left out.</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.MaskShapeMismatch"/>, and those of <see cref="NiftiSeries.Open"/>.</exception>
    public static ImmutableDictionary<int, RegionMask> Read(string path, VolumeGeometry grid)
    {
        NiftiSeries file = NiftiSeries.Open(path);
        Volume mask = file.ReadVolume(0);
        var steps = new Steps(mask.Geometry);
        var regions = ImmutableDictionary.CreateBuilder<int, RegionMask>();
        for (int slice = 0; slice < grid.SliceCount; slice++)
        {
            var masked = new bool[grid.SliceLength];
            for (int row = 0; row < grid.Rows; row++)
            {
                for (int column = 0; column < grid.Columns; column++)
                {
                    Vector3 point = grid.SliceOrigins[slice]
                        + (grid.ColumnDirection * (row * grid.RowSpacingMm)) + (grid.RowDirection * (column * grid.ColumnSpacingMm));
                    masked[(row * grid.Columns) + column] = steps.Value(mask, point) is not { } value
                        ? throw new InpaintException(ErrorCode.MaskShapeMismatch, FormattableString.Invariant(
                            $"{file.Name}: the mask ({file.Header.Shape}) does not cover voxel ({slice}, {row}, {column}) of the series' grid {grid.SliceCount} x {grid.Rows} x {grid.Columns}; make it on the same grid."))
                        : value != 0;
                }
            }

            var region = new RegionMask(masked);
            if (region.Count > 0)
            {
                regions[slice] = region;
            }
        }

        return regions.ToImmutable();
    }

    /// <summary>Patient coordinates to voxels of the mask.</summary>
    private sealed class Steps(VolumeGeometry mask)
    {
        private readonly Vector3 _normal = mask.Normal;

        /// <returns>Null outside the mask's grid.</returns>
        public float? Value(Volume volume, Vector3 point)
        {
            double along = (point - mask.SliceOrigins[0]).Dot(_normal) / mask.SliceSpacingMm;
            if (Index(along, mask.SliceCount) is not { } slice)
            {
                return null;
            }

            Vector3 within = point - mask.SliceOrigins[slice];
            return Index(within.Dot(mask.ColumnDirection) / mask.RowSpacingMm, mask.Rows) is { } row
                && Index(within.Dot(mask.RowDirection) / mask.ColumnSpacingMm, mask.Columns) is { } column
                ? volume.Slice(slice)[(row * mask.Columns) + column]
                : null;
        }

        private static int? Index(double position, int count) =>
            position < -Tolerance || position > count - 1 + Tolerance ? null : Math.Clamp((int)Math.Round(position), 0, count - 1);
    }
}
