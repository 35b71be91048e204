namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Single order statistics without sorting all values.</summary>
internal static class OrderStatistic
{
    /// <summary>Percentile with linear interpolation between neighbours, as numpy.percentile has it. Reorders <paramref name="values"/>.</summary>
    public static double PercentileInPlace(Span<float> values, double percent)
    {
        double position = percent / 100 * (values.Length - 1);
        int below = (int)Math.Floor(position);
        double low = SelectInPlace(values, below);
        if (below + 1 == values.Length)
        {
            return low;
        }

        // After the selection all later values are at least as great, so the next one in order is their least.
        double high = double.PositiveInfinity;
        foreach (float value in values[(below + 1)..])
        {
            high = Math.Min(high, value);
        }

        return low + ((position - below) * (high - low));
    }

    /// <summary>Puts the value of the given rank in its place, the smaller ones before and the greater ones after it.</summary>
    public static float SelectInPlace(Span<float> values, int rank)
    {
        int first = 0;
        int last = values.Length - 1;
        while (first < last)
        {
            float pivot = MedianOfThree(values[first], values[first + ((last - first) / 2)], values[last]);
            int i = first;
            int j = last;
            while (i <= j)
            {
                while (values[i] < pivot)
                {
                    i++;
                }

                while (values[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            if (rank <= j)
            {
                last = j;
            }
            else if (rank >= i)
            {
                first = i;
            }
            else
            {
                break;
            }
        }

        return values[rank];
    }

    private static float MedianOfThree(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
