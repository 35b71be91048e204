using System.Collections.Immutable;

namespace Inpaint.Medical.Core.Interpolation;

/// <summary>The classical methods as weights, from the plainest to the smoothest.</summary>
public static class InterpolationMethods
{
    public static ImmutableArray<ISliceInterpolation> All { get; } =
        [new NearestInterpolation(), new LinearInterpolation(), new CubicInterpolation(), new NaturalSplineInterpolation()];
}
