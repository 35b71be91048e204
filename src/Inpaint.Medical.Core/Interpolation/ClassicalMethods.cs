using System.Collections.Immutable;
using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Core.Interpolation;

/// <summary>The classical methods as reconstructors.</summary>
public static class ClassicalMethods
{
    /// <summary>From the plainest to the smoothest; where two are equally good the plainer one is used.</summary>
    public static ImmutableArray<IVolumeReconstructor> All { get; } =
        [.. InterpolationMethods.All.Select(method => new WeightedSliceReconstructor(method))];
}
