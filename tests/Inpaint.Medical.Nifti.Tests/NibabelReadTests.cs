using System.Runtime.InteropServices;

namespace Inpaint.Medical.Nifti.Tests;

/// <summary>Every type, byte order and version reads as nibabel reads it.</summary>
public sealed class NibabelReadTests(NibabelCases nibabel) : IClassFixture<NibabelCases>
{
    [Fact]
    public void VoxelsOfEveryVolumeAndAxisEqualNibabels()
    {
        nibabel.SkipWithoutNibabel();
        foreach (NibabelCase expected in nibabel.Cases)
        {
            NiftiFile file = NiftiReader.Read(nibabel.PathOf(expected));
            double[] truth = [.. MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(nibabel.PathOf(expected) + ".f64"))];
            for (int volume = 0; volume < file.VolumeCount; volume++)
            {
                foreach (SliceAxis axis in Enum.GetValues<SliceAxis>())
                {
                    AssertEqual(truth, file.ReadVolume(volume, axis), volume, expected);
                }
            }
        }
    }

    [Fact]
    public void HeadersAffinesAndExtensionsEqualNibabels()
    {
        nibabel.SkipWithoutNibabel();
        foreach (NibabelCase expected in nibabel.Cases)
        {
            NiftiFile file = NiftiReader.Read(nibabel.PathOf(expected));
            Assert.Equal(expected.Version, file.Header.Version);
            Assert.Equal(expected.LittleEndian, file.Header.IsLittleEndian);
            Assert.Equal(expected.Shape.Select(length => (long)length), file.Header.Dim.Skip(1).Take(expected.Shape.Length));
            Assert.Equal(0b11_10_01, (int)file.Header.DimInfo);
            Assert.Equal("mm", file.Header.SpaceUnit);
            Assert.Equal("s", file.Header.TimeUnit);
            double[,] affine = NiftiAffine.ToRasMm(file.Header, file.Name);
            Assert.Equal(expected.Affine, affine.Cast<double>(), (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal(expected.Zooms, NiftiAffine.SpacingMm(file.Header, file.Name), (a, b) => Math.Abs(a - b) < 1e-6);
            Assert.Equal(expected.Extensions.Length, file.Extensions.Length);
            foreach ((var theirs, NiftiExtension ours) in expected.Extensions.Zip(file.Extensions))
            {
                Assert.Equal(theirs[0].GetInt32(), ours.Code);
                Assert.StartsWith(theirs[1].GetString(), Convert.ToHexStringLower(ours.Content.AsSpan()), StringComparison.Ordinal);
            }
        }
    }

    private static void AssertEqual(double[] truth, NiftiVolume volume, int number, NibabelCase expected)
    {
        int nx = expected.Shape[0], ny = expected.Shape[1], nz = expected.Shape[2];
        SliceGrid grid = volume.Grid;
        for (int i = 0; i < nx * ny * nz; i++)
        {
            int x = i % nx, y = i / nx % ny, z = i / (nx * ny);
            (int slice, int row, int column) = grid.Axis switch
            {
                SliceAxis.Z => (z, y, x),
                SliceAxis.Y => (y, z, x),
                _ => (x, z, y),
            };
            float expectedValue = (float)truth[(number * nx * ny * nz) + i];
            float found = volume.Slices[slice][(row * grid.Columns) + column];
            // One unit in the last place: nibabel rounds 64-bit integers to double first.
            Assert.True(Math.Abs(expectedValue - found) <= 1.2e-7f * Math.Abs(expectedValue), $"{expected.File} {grid.Axis} {i}: {found}, nibabel {expectedValue}");
        }
    }
}
