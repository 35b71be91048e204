using System.Collections.Concurrent;
using TorchSharp;

namespace Inpaint.Medical.Torch;

/// <summary>
/// Numbers as operators take them, kept for ever, and the sums that need them. TorchSharp reads the native handle of a Scalar and lets go of the object, so that one made on the fly,
/// as in <c>x * 3</c>, can be freed by the collector while the operator still reads it; a few million operators later the process ends.
/// </summary>
internal static class HeldScalars
{
    private static readonly ConcurrentDictionary<double, Scalar> Held = new();

    private static readonly Scalar One = 1, MinusOne = -1;

    /// <summary>x + y. The operator makes a Scalar of its own, the factor of y.</summary>
    public static torch.Tensor Plus(torch.Tensor x, torch.Tensor y) => x.add(y, One);

    /// <inheritdoc cref="Plus(torch.Tensor, torch.Tensor)"/>
    public static torch.Tensor Plus(torch.Tensor x, double y) => x.add(Number(y), One);

    /// <summary>x - y, as <see cref="Plus(torch.Tensor, torch.Tensor)"/>.</summary>
    public static torch.Tensor Minus(torch.Tensor x, torch.Tensor y) => x.add(y, MinusOne);

    /// <summary>x becomes x + y; only where nothing else reads x, a fresh result above all.</summary>
    public static torch.Tensor AddTo(torch.Tensor x, torch.Tensor y) => x.add_(y, One);

    public static Scalar Number(double value) => Held.GetOrAdd(value, static v => (Scalar)v);
}
