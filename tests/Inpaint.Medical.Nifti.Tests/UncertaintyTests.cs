using Inpaint.Medical.Core.Volumes;
using Xunit;

namespace Inpaint.Medical.Nifti.Tests;

public sealed class UncertaintyTests : TemporaryFolder
{
    [Fact]
    public void AFileOfADicomGridHasItsVoxelsWhereTheGridHasThem()
    {
        var geometry = new VolumeGeometry
        {
            Rows = 2,
            Columns = 3,
            RowSpacingMm = 0.5,
            ColumnSpacingMm = 0.75,
            RowDirection = new Vector3(0, 1, 0),
            ColumnDirection = new Vector3(0, 0, -1),
            SliceOrigins = [new Vector3(10, 20, 30), new Vector3(8, 20, 30)],
            SlicePositionsMm = [-10, -8],
            SliceSpacingMm = 2,
        };
        string path = Path.Combine(Folder, "sigma.nii.gz");
        File.WriteAllBytes(path, new NiftiUncertainty().Encode(geometry, [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]).ToArray());

        NiftiFile file = NiftiReader.Read(path);
        Assert.Equal([3, 2, 2], file.Header.Dim.Skip(1).Take(3));
        double[,] affine = NiftiAffine.ToRasMm(file.Header, "sigma");
        // Voxel (2, 1, 1): LPS (8, 21.5, 29.5), RAS (-8, -21.5, 29.5).
        double[] at = [.. Enumerable.Range(0, 3).Select(row => (2 * affine[row, 0]) + affine[row, 1] + affine[row, 2] + affine[row, 3])];
        Assert.Equal([-8, -21.5, 29.5], at.Select(value => Math.Round(value, 5)));
        Assert.Equal([7, 8, 9, 10, 11, 12], file.ReadVolume(0, SliceAxis.Z).Slices[1]);
    }

    [Theory]
    [InlineData(SliceAxis.X)]
    [InlineData(SliceAxis.Y)]
    [InlineData(SliceAxis.Z)]
    public void AFileBesideANiftiHasTheSameGridWhateverTheSliceAxis(SliceAxis axis)
    {
        string path = new NiftiBytes { Dim = [4, 4, 3, 5, 2, 1, 1, 1], Slope = 2, Intercept = 7 }.Save(Folder);
        NiftiSeries series = NiftiSeries.Open(path, new NiftiSelection { Axis = axis });
        Volume second = series.ReadVolume(1);
        float[][] sigma = [.. Enumerable.Range(0, second.SliceCount).Select(slice => second.Slice(slice).ToArray())];

        NiftiFile file = series.Uncertainty([null, sigma]);

        NiftiFile source = NiftiReader.Read(path);
        Assert.Equal(source.ReadVolume(1, SliceAxis.Z).Slices, file.ReadVolume(1, SliceAxis.Z).Slices);
        Assert.All(file.ReadVolume(0, SliceAxis.Z).Slices, slice => Assert.All(slice, voxel => Assert.Equal(0, voxel)));
        Assert.Equal(NiftiAffine.ToRasMm(source.Header, "a"), NiftiAffine.ToRasMm(file.Header, "b"));
    }
}
