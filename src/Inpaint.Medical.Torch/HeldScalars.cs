using System.Collections.Concurrent;
using TorchSharp;

namespace Inpaint.Medical.Torch;

/// <summary>
/// Numbers as operators take them, kept for ever. TorchSharp reads the native handle of a Scalar and lets go of the object, so that one made on the fly,
/// as in <c>x * 3</c>, can be freed by the collector while the operator still reads it; a few million operators later the process ends.
/// </summary>
internal static class HeldScalars
{
    private static readonly ConcurrentDictionary<double, Scalar> Held = new();

    public static Scalar Number(double value) => Held.GetOrAdd(value, static v => (Scalar)v);
}
