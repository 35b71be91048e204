using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Nifti;

/// <summary>Standard errors of a DICOM series as a NIfTI-1 file of float32 on the same grid in patient space.</summary>
public sealed class NiftiUncertainty : IUncertaintyFormat
{
    private const string Description = "standard error, units of the series";

    public string FileName => "uncertainty.nii.gz";

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode(VolumeGeometry geometry, IReadOnlyList<float[]> slices)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentNullException.ThrowIfNull(slices);
        NiftiFile file = FloatFile.Create(Description, (geometry.Columns, geometry.Rows, geometry.SliceCount), 1, ToRas(geometry));
        for (int slice = 0; slice < slices.Count; slice++)
        {
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(slices[slice]).CopyTo(file.Volume(0).AsSpan(slice * geometry.SliceLength * sizeof(float)));
        }

        using var bytes = new MemoryStream();
        GzipBlocks.Write(file, bytes);
        return bytes.ToArray();
    }

    // NIfTI's x runs to the right and y to the front, DICOM's to the left and to the back.
    private static double[,] ToRas(VolumeGeometry geometry)
    {
        Vector3 first = geometry.SliceOrigins[0], last = geometry.SliceOrigins[^1];
        Vector3[] columns =
        [
            geometry.RowDirection * geometry.ColumnSpacingMm,
            geometry.ColumnDirection * geometry.RowSpacingMm,
            geometry.SliceCount == 1 ? geometry.Normal * geometry.SliceSpacingMm : (last - first) * (1.0 / (geometry.SliceCount - 1)),
            first,
        ];
        var affine = new double[4, 4];
        for (int column = 0; column < 4; column++)
        {
            (affine[0, column], affine[1, column], affine[2, column]) = (-columns[column].X, -columns[column].Y, columns[column].Z);
        }

        affine[3, 3] = 1;
        return affine;
    }
}
