namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Buffers of exact length that a thread uses again: scoring needs many of a slice's size, too large to leave to the collector.</summary>
internal static class Scratch
{
    // Slices of one volume need a few lengths; those of the volume before are let go.
    private const int MostLengths = 12;

    [ThreadStatic]
    private static Dictionary<int, Stack<double[]>>? _free;

    /// <summary>A buffer of undefined content.</summary>
    public static double[] Rent(int length) =>
        Free.TryGetValue(length, out Stack<double[]>? buffers) && buffers.TryPop(out double[]? buffer) ? buffer : new double[length];

    /// <summary>Gives buffers back; they must not be used any more.</summary>
    public static void Return(params ReadOnlySpan<double[]> buffers)
    {
        foreach (double[] buffer in buffers)
        {
            if (!Free.TryGetValue(buffer.Length, out Stack<double[]>? same))
            {
                if (Free.Count == MostLengths)
                {
                    Free.Clear();
                }

                Free[buffer.Length] = same = [];
            }

            same.Push(buffer);
        }
    }

    private static Dictionary<int, Stack<double[]>> Free => _free ??= [];
}
