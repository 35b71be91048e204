using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Validation.Tests;

/// <summary>Synthetic volumes: a smooth pattern that moves from slice to slice, with noise, rounded to integers.</summary>
internal static class SomeVolume
{
    public static BuiltVolume Of(int slices, int seed, int rows = 24, int columns = 20, double spacingMm = 2, Func<int, float[], float[]?>? change = null)
    {
        var random = new Random(seed);
        var voxels = new float[]?[slices];
        for (int slice = 0; slice < slices; slice++)
        {
            var image = new float[rows * columns];
            for (int i = 0; i < image.Length; i++)
            {
                double x = (i % columns) - (0.4 * slice);
                double y = (i / columns) + (0.3 * slice);
                image[i] = MathF.Round((float)(500 + (300 * Math.Sin(x / 3)) + (200 * Math.Cos(y / 4)) + (random.NextDouble() * 20)));
            }

            voxels[slice] = change is null ? image : change(slice, image);
        }

        var geometry = new VolumeGeometry
        {
            Rows = rows,
            Columns = columns,
            RowSpacingMm = 1,
            ColumnSpacingMm = 1,
            RowDirection = new Vector3(1, 0, 0),
            ColumnDirection = new Vector3(0, 1, 0),
            SliceOrigins = [.. Enumerable.Range(0, slices).Select(slice => new Vector3(0, 0, slice * spacingMm))],
            SlicePositionsMm = [.. Enumerable.Range(0, slices).Select(slice => slice * spacingMm)],
            SliceSpacingMm = spacingMm,
        };
        return new BuiltVolume
        {
            Volume = new Volume(geometry, voxels),
            Slots = [.. Enumerable.Range(0, slices).Select(slice => new SliceSlot { Slice = slice })],
            Format = new PixelFormat(SampleType.Int16, 16, 15),
            Modality = "MR",
            Findings = [],
            IsFillable = true,
        };
    }
}
