namespace Inpaint.Medical.Torch;

/// <summary>
/// Everything about one target slice and the visible slices around it that follows from positions alone:
/// the classical candidates as weights per visible slice, and the four nearest slices.
/// </summary>
/// <remarks>Positions are in slice units, relative to the target, ascending. Outside the visible slices every candidate repeats the nearest.</remarks>
public sealed class SlabGeometry
{
    /// <summary>Candidates: linear, 4-point cubic (Lagrange), natural cubic spline.</summary>
    public const int Candidates = 3;

    /// <summary>Slices that the pixel path sees: nearest below, nearest above, second below, second above.</summary>
    public const int Slots = 4;

    /// <param name="positions">Positions of the visible slices relative to the target, in slice units, strictly ascending, none zero.</param>
    /// <exception cref="ArgumentException">No position, or positions that do not ascend.</exception>
    public SlabGeometry(double[] positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        if (positions.Length == 0) throw new ArgumentException("A target needs at least one visible slice; found none.", nameof(positions));
        for (int i = 0; i < positions.Length; i++)
        {
            if (!double.IsFinite(positions[i]) || (i > 0 && positions[i] <= positions[i - 1]))
                throw new ArgumentException(FormattableString.Invariant($"Positions must ascend; position {i} is {positions[i]}."), nameof(positions));
        }

        Positions = positions;
        Weights = CandidateWeights(positions, 0);
        Errors = LeftOutErrors(positions);
        Slot = NearestSlots(positions);
        SlotLinear = SpreadOverSlots(Weights.AsSpan(0, positions.Length), Slot);
        SlotCubic = SpreadOverSlots(Weights.AsSpan(positions.Length, positions.Length), Slot);
    }

    /// <summary>Positions of the visible slices relative to the target, in slice units, [visible].</summary>
    public double[] Positions { get; }

    /// <summary>Weights of the candidates, [candidates, visible].</summary>
    public float[] Weights { get; }

    /// <summary>
    /// Weights that give, applied to the visible slices, the error of each candidate on each interior visible slice when that slice is left out,
    /// [left out, candidates, visible]. Empty with fewer than three visible slices.
    /// </summary>
    public float[] Errors { get; }

    /// <summary>Indices of the four nearest slices; repeats where there are fewer, [slots].</summary>
    public int[] Slot { get; }

    /// <summary>The linear candidate as weights of the four slots, [slots].</summary>
    public float[] SlotLinear { get; }

    /// <summary>The cubic candidate as weights of the four slots, [slots].</summary>
    public float[] SlotCubic { get; }

    /// <summary>Weights of linear, 4-point cubic and natural spline at <paramref name="at"/>, [candidates, positions].</summary>
    public static float[] CandidateWeights(ReadOnlySpan<double> positions, double at)
    {
        int count = positions.Length;
        var weights = new float[Candidates * count];
        int above = 0;
        while (above < count && positions[above] < at) above++;
        if (above == 0 || above == count)
        {
            for (int k = 0; k < Candidates; k++) weights[(k * count) + (above == 0 ? 0 : count - 1)] = 1;
            return weights;
        }

        double t = (at - positions[above - 1]) / (positions[above] - positions[above - 1]);
        weights[above - 1] = (float)(1 - t);
        weights[above] = (float)t;
        Lagrange(positions, at, Math.Max(0, above - 2), Math.Min(count, above + 2), weights.AsSpan(count, count));
        Spline(positions, above, t, weights.AsSpan(2 * count, count));
        return weights;
    }

    private static void Lagrange(ReadOnlySpan<double> positions, double at, int from, int to, Span<float> weights)
    {
        for (int j = from; j < to; j++)
        {
            double product = 1;
            for (int k = from; k < to; k++)
            {
                if (k != j) product *= (at - positions[k]) / (positions[j] - positions[k]);
            }

            weights[j] = (float)product;
        }
    }

    /// <summary>Natural cubic spline through unit impulses; de Boor, A Practical Guide to Splines (1978), chapter IV.</summary>
    private static void Spline(ReadOnlySpan<double> positions, int above, double t, Span<float> weights)
    {
        int count = positions.Length, inner = count - 2;
        Span<double> factor = stackalloc double[count], value = stackalloc double[count], second = stackalloc double[count];
        double h = positions[above] - positions[above - 1];
        for (int impulse = 0; impulse < count; impulse++)
        {
            second.Clear();
            for (int i = 1; i <= inner; i++)
            {
                double before = positions[i] - positions[i - 1], after = positions[i + 1] - positions[i];
                double right = 6 * ((Unit(i + 1, impulse) - Unit(i, impulse)) / after - ((Unit(i, impulse) - Unit(i - 1, impulse)) / before));
                double pivot = (2 * (before + after)) - (i > 1 ? before * factor[i - 1] : 0);
                factor[i] = after / pivot;
                value[i] = (right - (i > 1 ? before * value[i - 1] : 0)) / pivot;
            }

            for (int i = inner; i >= 1; i--) second[i] = value[i] - (i < inner ? factor[i] * second[i + 1] : 0);
            double low = 1 - t;
            weights[impulse] = (float)((low * Unit(above - 1, impulse)) + (t * Unit(above, impulse))
                + (h * h / 6 * ((((low * low * low) - low) * second[above - 1]) + (((t * t * t) - t) * second[above]))));
        }
    }

    private static double Unit(int index, int impulse) => index == impulse ? 1 : 0;

    private static float[] LeftOutErrors(double[] positions)
    {
        int count = positions.Length, hidden = Math.Max(0, count - 2);
        var errors = new float[hidden * Candidates * count];
        var rest = new double[count - 1];
        for (int h = 0; h < hidden; h++)
        {
            int left = h + 1;
            for (int i = 0; i < rest.Length; i++) rest[i] = positions[i < left ? i : i + 1];
            float[] weights = CandidateWeights(rest, positions[left]);
            for (int k = 0; k < Candidates; k++)
            {
                Span<float> row = errors.AsSpan(((h * Candidates) + k) * count, count);
                for (int i = 0; i < rest.Length; i++) row[i < left ? i : i + 1] = weights[(k * rest.Length) + i];
                row[left] = -1;
            }
        }

        return errors;
    }

    private static int[] NearestSlots(double[] positions)
    {
        int count = positions.Length, above = 0;
        while (above < count && positions[above] < 0) above++;
        if (above == 0) return [Math.Min(1, count - 1), 0, Math.Min(2, count - 1), Math.Min(3, count - 1)];
        if (above == count) return [count - 1, Math.Max(count - 2, 0), Math.Max(count - 3, 0), Math.Max(count - 4, 0)];
        return [above - 1, above, Math.Max(above - 2, 0), Math.Min(above + 1, count - 1)];
    }

    private static float[] SpreadOverSlots(ReadOnlySpan<float> weights, int[] slots)
    {
        var spread = new float[Slots];
        for (int s = 0; s < Slots; s++)
        {
            if (Array.IndexOf(slots, slots[s]) == s) spread[s] = weights[slots[s]];
        }

        return spread;
    }
}
