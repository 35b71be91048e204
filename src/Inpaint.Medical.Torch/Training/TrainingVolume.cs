using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Torch.Training;

/// <summary>One volume to learn from or to be measured on, [slices, rows, columns], in normalised units (0 and 1 are the 0.5 % and 99.8 % quantiles).</summary>
/// <param name="Name">Shown in reports.</param>
/// <param name="Voxels">Normalised intensities.</param>
/// <param name="Slices">Count of slices.</param>
/// <param name="Rows">Rows of a slice.</param>
/// <param name="Columns">Columns of a slice.</param>
/// <param name="SpacingMm">Millimetres along slices, rows and columns.</param>
public sealed record TrainingVolume(string Name, float[] Voxels, int Slices, int Rows, int Columns, (double Slice, double Row, double Column) SpacingMm)
{
    /// <summary>CT padding outside the field of view, such as -3024, would ruin the quantiles.</summary>
    private const float Floor = -1024;

    /// <summary>A series or NIfTI volume as training data.</summary>
    /// <exception cref="ArgumentException">As <see cref="Normalise"/>; a slice is missing.</exception>
    public static TrainingVolume Of(string name, Volume volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        VolumeGeometry geometry = volume.Geometry;
        var voxels = new float[checked(volume.SliceCount * geometry.SliceLength)];
        for (int slice = 0; slice < volume.SliceCount; slice++)
        {
            if (!volume.IsPresent(slice)) throw new ArgumentException($"{name}: slice {slice} is missing; only complete volumes can be learned from.");
            volume.Slice(slice).CopyTo(voxels.AsSpan(slice * geometry.SliceLength));
        }

        return Normalise(name, voxels, volume.SliceCount, geometry.Rows, geometry.Columns, (geometry.SliceSpacingMm, geometry.RowSpacingMm, geometry.ColumnSpacingMm));
    }

    /// <summary>Normalises raw voxels, whose array is overwritten and kept.</summary>
    /// <exception cref="ArgumentException">Lengths do not agree, spacing is not positive, or all voxels are equal.</exception>
    public static TrainingVolume Normalise(string name, float[] voxels, int slices, int rows, int columns, (double Slice, double Row, double Column) spacingMm)
    {
        ArgumentNullException.ThrowIfNull(voxels);
        if (voxels.Length != (long)slices * rows * columns) throw new ArgumentException($"{name}: {voxels.Length} voxels; expected {slices} x {rows} x {columns}.", nameof(voxels));
        if (!(spacingMm.Slice > 0 && spacingMm.Row > 0 && spacingMm.Column > 0))
            throw new ArgumentException(FormattableString.Invariant($"{name}: spacing {spacingMm} mm; expected positive."), nameof(spacingMm));
        for (int i = 0; i < voxels.Length; i++) voxels[i] = float.IsFinite(voxels[i]) ? Math.Max(voxels[i], Floor) : 0;

        int step = Math.Max(1, voxels.Length / 200_003);
        var sample = new float[(voxels.Length + step - 1) / step];
        for (int i = 0; i < sample.Length; i++) sample[i] = voxels[i * step];
        Array.Sort(sample);
        float low = sample[(int)(0.005 * (sample.Length - 1))], high = sample[(int)(0.998 * (sample.Length - 1))];
        if (!(high > low)) throw new ArgumentException(FormattableString.Invariant($"{name}: all voxels are about {low}; nothing to learn."));
        float scale = 1 / (high - low);
        for (int i = 0; i < voxels.Length; i++) voxels[i] = (voxels[i] - low) * scale;
        return new TrainingVolume(name, voxels, slices, rows, columns, spacingMm);
    }

    /// <summary>The same voxels as a series, still in normalised units, in a patient space of its own.</summary>
    public Volume ToVolume()
    {
        int size = Rows * Columns;
        return new Volume(
            new VolumeGeometry
            {
                Rows = Rows,
                Columns = Columns,
                RowSpacingMm = SpacingMm.Row,
                ColumnSpacingMm = SpacingMm.Column,
                RowDirection = new Vector3(1, 0, 0),
                ColumnDirection = new Vector3(0, 1, 0),
                SliceOrigins = [.. Enumerable.Range(0, Slices).Select(slice => new Vector3(0, 0, slice * SpacingMm.Slice))],
                SlicePositionsMm = [.. Enumerable.Range(0, Slices).Select(slice => slice * SpacingMm.Slice)],
                SliceSpacingMm = SpacingMm.Slice,
            },
            [.. Enumerable.Range(0, Slices).Select(slice => Voxels.AsSpan(slice * size, size).ToArray())]);
    }
}
