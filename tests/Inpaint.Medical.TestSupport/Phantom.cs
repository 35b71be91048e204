using System.Buffers.Binary;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.TestSupport;

/// <summary>Series of a synthetic head-like object: ellipsoids with soft edges and a fine grain, the same on every machine.</summary>
public static class Phantom
{
    /// <summary>A complete series in memory, signed 16 bit, rescale 1 / −1024, instance numbers from 1 along the normal.</summary>
    /// <param name="slices">Number of slices.</param>
    /// <param name="edge">Rows and columns.</param>
    public static MemorySource Series(int slices = 12, int edge = 32, double spacingMm = 2.5) =>
        Series([.. Enumerable.Range(0, slices).Select(slice => -40 + (slice * spacingMm))], edge);

    /// <summary>A series with slices at given positions, mm along z.</summary>
    public static MemorySource Series(IReadOnlyList<double> positionsMm, int edge = 32)
    {
        var source = new MemorySource();
        for (int slice = 0; slice < positionsMm.Count; slice++)
        {
            InstanceHeader header = Some.Header(slice + 1, positionsMm[slice], edge);
            source.Add(header, Pixels(positionsMm[slice] + 40, edge));
        }

        return source;
    }

    /// <summary>Stored value: real value + 1024.</summary>
    public static short Stored(double x, double y, double z) => (short)Math.Round(Real(x, y, z) + 1024);

    /// <summary>Air −1000, skull 900, brain 40, ventricles 5, with a grain of ±6; x and y within ±1, z in mm.</summary>
    public static double Real(double x, double y, double z)
    {
        double height = (z - 15) / 40;
        double radius = Math.Sqrt((x * x / 0.64) + (y * y / 0.81) + (height * height));
        double inner = Math.Sqrt((x * x / 0.04) + ((y - 0.1) * (y - 0.1) / 0.09) + (height * height / 0.2));
        double skull = Soft(1 - radius) - Soft(0.9 - radius);
        double brain = Soft(0.9 - radius);
        return -1000 + (1900 * skull) + (1040 * brain) - (35 * Soft(1 - inner)) + (6 * Math.Sin((37 * x) + (23 * y) + (0.3 * z)));
    }

    private static double Soft(double distance) => 1 / (1 + Math.Exp(-distance / 0.02));

    private static byte[] Pixels(double z, int edge)
    {
        var pixels = new byte[edge * edge * 2];
        for (int row = 0; row < edge; row++)
        {
            for (int column = 0; column < edge; column++)
            {
                double x = ((2 * column) + 1 - edge) / (double)edge, y = ((2 * row) + 1 - edge) / (double)edge;
                BinaryPrimitives.WriteInt16LittleEndian(pixels.AsSpan(((row * edge) + column) * 2), Stored(x, y, z));
            }
        }

        return pixels;
    }
}
