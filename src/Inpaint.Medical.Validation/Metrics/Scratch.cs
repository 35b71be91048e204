using System.Collections.Concurrent;

namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Buffers of exact length that are used again: scoring needs many of a slice's size, too large to leave to the collector.</summary>
internal static class Scratch
{
    private static readonly ConcurrentDictionary<int, ConcurrentStack<double[]>> Free = new();

    /// <summary>A buffer of undefined content.</summary>
    public static double[] Rent(int length) =>
        Free.TryGetValue(length, out ConcurrentStack<double[]>? buffers) && buffers.TryPop(out double[]? buffer) ? buffer : new double[length];

    /// <summary>Gives buffers back; they must not be used any more.</summary>
    public static void Return(params ReadOnlySpan<double[]> buffers)
    {
        foreach (double[] buffer in buffers)
        {
            Free.GetOrAdd(buffer.Length, _ => new ConcurrentStack<double[]>()).Push(buffer);
        }
    }

    /// <summary>Lets all buffers go: the slices of the next volume have other lengths.</summary>
    public static void Clear() => Free.Clear();
}
