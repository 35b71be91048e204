namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Images in double precision, in buffers of <see cref="Scratch"/>.</summary>
internal static class Doubles
{
    public static double[] Of(ReadOnlySpan<float> values)
    {
        var doubles = Scratch.Rent(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            doubles[i] = values[i];
        }

        return doubles;
    }

    public static double[] Product(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var product = Scratch.Rent(a.Length);
        for (int i = 0; i < product.Length; i++)
        {
            product[i] = a[i] * b[i];
        }

        return product;
    }

    public static double[] Difference(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var difference = Scratch.Rent(a.Length);
        for (int i = 0; i < difference.Length; i++)
        {
            difference[i] = a[i] - b[i];
        }

        return difference;
    }
}
