namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Single order statistics without sorting all values.</summary>
internal static class OrderStatistic
{
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
