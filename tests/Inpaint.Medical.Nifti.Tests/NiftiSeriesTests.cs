using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Nifti.Tests;

/// <summary>Slice axis, geometry and what is found to be missing.</summary>
public sealed class NiftiSeriesTests : TemporaryFolder
{
    [Theory]
    [InlineData(1, 1, 1, SliceAxis.Z)]
    [InlineData(1.2, 1, 1, SliceAxis.Z)]
    [InlineData(1.21, 1, 1, SliceAxis.X)]
    [InlineData(1, 3, 1, SliceAxis.Y)]
    [InlineData(3, 3, 1, SliceAxis.Y)]
    [InlineData(3, 1, 3, SliceAxis.Z)]
    public void SliceAxisIsThatOfTheThickestVoxels(double x, double y, double z, SliceAxis expected) =>
        Assert.Equal(expected, SliceAxes.Resolve(x, y, z));

    [Theory]
    [InlineData(SliceAxis.X)]
    [InlineData(SliceAxis.Y)]
    [InlineData(SliceAxis.Z)]
    public void GeometryPutsEveryVoxelWhereTheAffineDoes(SliceAxis axis)
    {
        // Left-handed as most files are, and right-handed.
        double[][] sforms = [[-1, 0.1, 0, 5, 0, 1, 0, 6, 0, 0, 2, 7], [1, 0, 0.2, 5, 0, 0.9, 0, 6, 0.1, 0, 3, 7]];
        foreach (double[] sform in sforms)
        {
            NiftiSeries series = NiftiSeries.Open(new NiftiBytes { Sform = sform }.Save(Folder), new NiftiSelection { Axis = axis });
            VolumeGeometry geometry = series.Geometry;
            double[,] affine = NiftiAffine.ToRasMm(series.Header, series.Name);
            float[][] raw = NiftiReader.Read(PathOf("in.nii")).ReadVolume(0, axis).Slices;
            Volume volume = series.ReadVolume(0);
            bool mirrored = raw[0][0] != volume.Slice(0)[0];
            for (int slice = 0; slice < geometry.SliceCount; slice++)
            {
                for (int row = 0; row < geometry.Rows; row++)
                {
                    for (int column = 0; column < geometry.Columns; column++)
                    {
                        Vector3 ours = geometry.SliceOrigins[slice] + (geometry.RowDirection * (column * geometry.ColumnSpacingMm))
                            + (geometry.ColumnDirection * (row * geometry.RowSpacingMm));
                        int stored = mirrored ? geometry.Columns - 1 - column : column;
                        int[] xyz = new int[3];
                        xyz[(int)axis] = slice;
                        xyz[(int)series.Grid.RowAxis] = row;
                        xyz[(int)series.Grid.ColumnAxis] = stored;
                        Assert.Equal(-Along(affine, 0, xyz), ours.X, 1e-6);
                        Assert.Equal(-Along(affine, 1, xyz), ours.Y, 1e-6);
                        Assert.Equal(Along(affine, 2, xyz), ours.Z, 1e-6);
                        Assert.Equal(raw[slice][(row * geometry.Columns) + stored], volume.Slice(slice)[(row * geometry.Columns) + column]);
                    }
                }
            }

            Assert.True(geometry.SliceSpacingMm > 0);
            Assert.True(geometry.Normal.Dot(geometry.SliceOrigins[1] - geometry.SliceOrigins[0]) > 0);
        }
    }

    [Fact]
    public void EmptySlicesBetweenContentAreFound()
    {
        // Slices of 2 x 2 bytes: background, content, all 7, content, background.
        byte[] voxels = [0, 0, 0, 0, 1, 2, 3, 4, 7, 7, 7, 7, 5, 6, 7, 8, 0, 0, 0, 0];
        var bytes = new NiftiBytes { Dim = [3, 2, 2, 5, 1, 1, 1, 1], DataType = 2, Voxels = voxels };
        SliceMask mask = NiftiSeries.Open(bytes.Save(Folder)).Build(0).Mask;
        MaskedSlice found = Assert.Single(mask.Decisions);
        Assert.Equal((2, SliceVerdict.Missing, ErrorCode.SliceConstant), (found.Slice, found.Verdict, found.Reason));
    }

    [Fact]
    public void SlicesOfNaNAreFound()
    {
        float[] voxels = [1, 2, float.NaN, float.NaN, float.NaN, 4, 5, 6];
        var bytes = new NiftiBytes { Dim = [3, 2, 1, 4, 1, 1, 1, 1], DataType = 16, Voxels = [.. voxels.SelectMany(BitConverter.GetBytes)] };
        SliceMask mask = NiftiSeries.Open(bytes.Save(Folder)).Build(0).Mask;
        MaskedSlice found = Assert.Single(mask.Decisions);
        Assert.Equal((1, ErrorCode.SliceNotFinite), (found.Slice, found.Reason));
    }

    [Fact]
    public void MaskFileNamesVoxelsAndWholeSlices()
    {
        var bytes = new NiftiBytes { Dim = [3, 2, 2, 4, 1, 1, 1, 1] };
        string path = bytes.Save(Folder);
        string maskPath = new NiftiBytes { Dim = [3, 2, 2, 4, 1, 1, 1, 1], DataType = 2, Voxels = [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0] }.Save(Folder, "mask.nii");
        NiftiSeries series = NiftiSeries.Open(path, new NiftiSelection { MaskPath = maskPath });
        (BuiltVolume built, SliceMask mask) = series.Build(0);
        Assert.Equal([SliceVerdict.Intact, SliceVerdict.Partial, SliceVerdict.Missing, SliceVerdict.Intact], mask.Verdicts);
        Assert.Equal(1, mask.Regions[1].Count);
        Assert.True(built.Slots[1].HasSamples);
        Assert.False(built.Slots[2].HasSamples);

        byte[] before = File.ReadAllBytes(path);
        series.Replace(0, 1, [1000, 1000, 1000, 1000], mask.Regions[1]);
        series.Write(PathOf("out.nii"));
        byte[] after = File.ReadAllBytes(PathOf("out.nii"));
        int[] changed = [.. Enumerable.Range(0, before.Length).Where(i => before[i] != after[i])];
        Assert.NotEmpty(changed);
        // The axes are left-handed, so the mirrored mask and the mirrored slice meet again at stored voxel (0, 0, 1).
        Assert.All(changed, i => Assert.Equal(4, (i - 352) / 2));
    }

    [Theory]
    [InlineData("{\"Modality\": \"MR\"}", null, "MR")]
    [InlineData("{\"Modality\": \"MR\"}", "CT", "CT")]
    [InlineData("{\"Modality\": 7}", null, "OT")]
    [InlineData("{\"Modali", null, "OT")]
    [InlineData("[]", null, "OT")]
    [InlineData(null, null, "OT")]
    public void ModalityIsTakenFromTheOperatorElseTheSidecar(string? sidecar, string? given, string expected)
    {
        string path = new NiftiBytes().Save(Folder);
        if (sidecar is not null)
        {
            File.WriteAllText(PathOf("in.json"), sidecar);
        }

        Assert.Equal(expected, NiftiSeries.Open(path, new NiftiSelection { Modality = given }).Build(0).Built.Modality);
    }

    private static double Along(double[,] affine, int row, int[] xyz) =>
        (affine[row, 0] * xyz[0]) + (affine[row, 1] * xyz[1]) + (affine[row, 2] * xyz[2]) + affine[row, 3];
}
