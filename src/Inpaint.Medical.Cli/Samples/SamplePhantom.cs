using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Cli.Samples;

/// <summary>
/// A synthetic head: nested ellipsoids (Shepp and Logan, 1974, in three dimensions), vessels that wind through the slices, a smooth
/// texture and noise. Belongs to nobody; the same size and seed give the same voxels on every machine.
/// </summary>
internal static class SamplePhantom
{
    private const int Vessels = 6;

    // Centre (x, y, z), half axes (x, y, z) in units of half the field, added value in units of the brightest tissue.
    private static readonly double[][] Ellipsoids =
    [
        [0, 0, 0, 0.78, 0.92, 0.95, 0.9],
        [0, 0, 0, 0.72, 0.86, 0.89, -0.55],
        [-0.22, -0.05, 0.1, 0.13, 0.32, 0.4, -0.2],
        [0.22, -0.05, 0.1, 0.13, 0.32, 0.4, -0.2],
        [0, 0.42, -0.2, 0.25, 0.22, 0.3, 0.12],
        [0.1, -0.5, -0.4, 0.12, 0.1, 0.2, 0.2],
        [-0.3, 0.3, 0.45, 0.08, 0.08, 0.15, 0.25],
    ];

    /// <param name="isCt">HU from −1000 to 1000; else MR, 0 to 1000.</param>
    /// <returns>[slices, size, size], axial, whole numbers.</returns>
    public static Volume Make(int slices, int size, double sliceSpacingMm, double pixelSpacingMm, bool isCt, ulong seed)
    {
        var geometry = new VolumeGeometry
        {
            Rows = size,
            Columns = size,
            RowSpacingMm = pixelSpacingMm,
            ColumnSpacingMm = pixelSpacingMm,
            RowDirection = new Vector3(1, 0, 0),
            ColumnDirection = new Vector3(0, 1, 0),
            SliceOrigins = [.. Enumerable.Range(0, slices).Select(slice => new Vector3(
                -pixelSpacingMm * (size - 1) / 2, -pixelSpacingMm * (size - 1) / 2, slice * sliceSpacingMm))],
            SlicePositionsMm = [.. Enumerable.Range(0, slices).Select(slice => slice * sliceSpacingMm)],
            SliceSpacingMm = sliceSpacingMm,
        };

        var voxels = new float[slices][];
        for (int slice = 0; slice < slices; slice++)
        {
            voxels[slice] = Slice(slice, slices, size, isCt, seed);
        }

        return new Volume(geometry, voxels);
    }

    private static float[] Slice(int slice, int slices, int size, bool isCt, ulong seed)
    {
        var voxels = new float[size * size];
        double z = slices == 1 ? 0 : (2.0 * slice / (slices - 1)) - 1;
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                double x = (2.0 * column / (size - 1)) - 1, y = (2.0 * row / (size - 1)) - 1;
                double tissue = Tissue(x, y, z);
                double value = isCt ? -1000 + (tissue * 2000) : tissue * 1000;
                double noise = Noise(seed, slice, (row * size) + column) * (isCt ? 12 : 10);
                voxels[(row * size) + column] = (float)Math.Round(isCt ? Math.Max(-1000, value + noise) : Math.Max(0, value + noise));
            }
        }

        return voxels;
    }

    private static double Tissue(double x, double y, double z)
    {
        double value = 0;
        foreach (double[] e in Ellipsoids)
        {
            double u = (x - e[0]) / e[3], v = (y - e[1]) / e[4], w = (z - e[2]) / e[5];
            value += (u * u) + (v * v) + (w * w) <= 1 ? e[6] : 0;
        }

        if (value > 0)
        {
            value += 0.04 * Math.Sin(9 * x) * Math.Cos(7 * y) * Math.Sin((5 * z) + 1);
            value += VesselAt(x, y, z) ? 0.3 : 0;
        }

        return Math.Clamp(value, 0, 1);
    }

    private static bool VesselAt(double x, double y, double z)
    {
        for (int vessel = 0; vessel < Vessels; vessel++)
        {
            double angle = vessel * Math.Tau / Vessels;
            double dx = x - (0.45 * Math.Cos(angle + (0.8 * z))) - (0.06 * Math.Sin(6 * z));
            double dy = y - (0.5 * Math.Sin(angle + (0.8 * z))) - (0.06 * Math.Cos(5 * z));
            if ((dx * dx) + (dy * dy) < 0.0022)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nearly normal, deviation 1: the sum of four uniform numbers. SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static double Noise(ulong seed, int slice, int voxel)
    {
        ulong state = seed + ((ulong)slice << 40) + ((ulong)voxel << 4);
        double sum = 0;
        for (int draw = 0; draw < 4; draw++)
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            sum += ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }

        return (sum - 2) * Math.Sqrt(3);
    }
}
