using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Validation.Report;

/// <summary>One plane through the middle of all slices: as damaged, as rebuilt, in truth. [slices × line], real units; NaN where there is nothing.</summary>
internal sealed class Cuts
{
    private readonly VolumeGeometry _geometry;
    private readonly bool _alongRows;

    /// <param name="alongRows">Whether the plane holds the middle row of each slice, or the middle column.</param>
    public Cuts(VolumeGeometry geometry, bool alongRows)
    {
        (_geometry, _alongRows) = (geometry, alongRows);
        (Damaged, Rebuilt, Truth) = (Nothing(), Nothing(), Nothing());
    }

    public float[] Damaged { get; }

    public float[] Rebuilt { get; }

    public float[] Truth { get; }

    public Vector3 Normal => (_alongRows ? _geometry.RowDirection : _geometry.ColumnDirection).Cross(_geometry.Normal);

    public double PixelAspect => _geometry.SliceSpacingMm / (_alongRows ? _geometry.ColumnSpacingMm : _geometry.RowSpacingMm);

    private int Length => _alongRows ? _geometry.Columns : _geometry.Rows;

    public void SetTruth(int slice, ReadOnlySpan<float> voxels, bool isVisible)
    {
        Set(Truth, slice, voxels);
        if (isVisible)
        {
            Set(Damaged, slice, voxels);
            Set(Rebuilt, slice, voxels);
        }
    }

    public void SetRebuilt(int slice, ReadOnlySpan<float> voxels) => Set(Rebuilt, slice, voxels);

    // Patients stand upright on the page: the last slice, which lies towards the head in axial series, comes first.
    private void Set(float[] cut, int slice, ReadOnlySpan<float> voxels)
    {
        Span<float> line = cut.AsSpan((_geometry.SliceCount - 1 - slice) * Length, Length);
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = voxels[_alongRows ? (_geometry.Rows / 2 * _geometry.Columns) + i : (i * _geometry.Columns) + (_geometry.Columns / 2)];
        }
    }

    private float[] Nothing()
    {
        var cut = new float[_geometry.SliceCount * Length];
        cut.AsSpan().Fill(float.NaN);
        return cut;
    }
}
