using System.Numerics;

namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Separable correlation of images in double precision, where the whole window lies inside the image.</summary>
internal static class SeparableFilter
{
    /// <summary>Correlates along columns, then along rows.</summary>
    /// <param name="image">[rows × columns].</param>
    /// <param name="vertical">Taps along a column; as many as <paramref name="horizontal"/>.</param>
    /// <returns>[(rows − taps + 1) × columns]; the last taps − 1 columns of each row hold nothing of use, so that rows keep their length. A buffer of <see cref="Scratch"/>.</returns>
    public static double[] Valid(ReadOnlySpan<double> image, int columns, ReadOnlySpan<double> vertical, ReadOnlySpan<double> horizontal)
    {
        int validLength = image.Length - ((vertical.Length - 1) * columns);
        double[] along = Scratch.Rent(validLength);
        Correlate(image, columns, vertical, along);
        double[] both = Scratch.Rent(validLength);
        Correlate(along, 1, horizontal, both.AsSpan(0, validLength - horizontal.Length + 1));
        Scratch.Return(along);
        return both;
    }

    // destination[i] = sum of taps[t] * source[i + t * stride].
    private static void Correlate(ReadOnlySpan<double> source, int stride, ReadOnlySpan<double> taps, Span<double> destination)
    {
        int i = 0;
        for (; i <= destination.Length - (2 * Vector<double>.Count); i += 2 * Vector<double>.Count)
        {
            Vector<double> first = Vector<double>.Zero;
            Vector<double> second = Vector<double>.Zero;
            int at = i;
            foreach (double tap in taps)
            {
                first += new Vector<double>(source[at..]) * tap;
                second += new Vector<double>(source[(at + Vector<double>.Count)..]) * tap;
                at += stride;
            }

            first.CopyTo(destination[i..]);
            second.CopyTo(destination[(i + Vector<double>.Count)..]);
        }

        for (; i < destination.Length; i++)
        {
            double sum = 0;
            for (int tap = 0; tap < taps.Length; tap++)
            {
                sum += source[i + (tap * stride)] * taps[tap];
            }

            destination[i] = sum;
        }
    }
}
