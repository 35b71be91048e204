using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom;
using Inpaint.Medical.Dicom.Writing;

namespace Inpaint.Medical.Benchmarks;

/// <summary>Series of any size in a temporary folder: noise and shapes, as hard to compress and to predict as real ones.</summary>
internal sealed class SampleSeries : IDisposable
{
    private SampleSeries(string folder) => Folder = folder;

    public string Folder { get; }

    public static SampleSeries Create(string modality, int slices, int side, params int[] missing)
    {
        string folder = Path.Combine(Directory.CreateTempSubdirectory("bench").FullName, "series");
        DicomSeriesExporter.WriteAsync(Volume(slices, side, missing), folder, new DicomExportSettings
        {
            Modality = modality,
            Key = $"{modality} {slices} {side}",
            AcquiredAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        }, new DeterministicUidFactory(), CancellationToken.None).GetAwaiter().GetResult();
        return new SampleSeries(folder);
    }

    public static Volume Volume(int slices, int side, params int[] missing)
    {
        var random = new Random(1);
        var data = new float[]?[slices];
        for (int slice = 0; slice < slices; slice++)
        {
            if (missing.Contains(slice))
            {
                continue;
            }

            var voxels = new float[side * side];
            for (int i = 0; i < voxels.Length; i++)
            {
                double row = (i / side / (double)side) - 0.5;
                double column = (i % side / (double)side) - 0.5;
                bool inside = (row * row) + (column * column) < 0.16 + (0.04 * Math.Sin(slice / 9.0));
                voxels[i] = inside ? 400 + (float)(200 * Math.Sin((row * 40) + (slice / 5.0))) + random.Next(-20, 20) : random.Next(0, 12);
            }

            data[slice] = voxels;
        }

        return new Volume(Geometry(slices, side), data);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);

    private static VolumeGeometry Geometry(int slices, int side) => new()
    {
        Rows = side,
        Columns = side,
        RowSpacingMm = 1,
        ColumnSpacingMm = 1,
        RowDirection = new Vector3(1, 0, 0),
        ColumnDirection = new Vector3(0, 1, 0),
        SliceSpacingMm = 1,
        SlicePositionsMm = [.. Enumerable.Range(0, slices).Select(slice => (double)slice)],
        SliceOrigins = [.. Enumerable.Range(0, slices).Select(slice => new Vector3(0, 0, slice))],
    };
}
