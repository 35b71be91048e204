using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Inpaint.Medical.Core.Interpolation;
using MathNet.Numerics.Interpolation;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Interpolation;

public sealed class InterpolationWeightsTests
{
    private static readonly double[] Uneven = [0, 1.5, 2, 5, 5.5, 9, 12];

    [Fact]
    public void LinearReproducesALineOnUnevenPositions() =>
        Assert.Equal((3 * 4.2) - 7, Apply(InterpolationWeights.Linear(Uneven, 4.2), z => (3 * z) - 7), 1e-12);

    [Theory]
    [InlineData(3.7)]
    [InlineData(5.2)]
    [InlineData(7.5)]
    public void CubicReproducesACubicOnUnevenPositions(double target) =>
        Assert.Equal(Cubic(target), Apply(InterpolationWeights.Cubic(Uneven, target), Cubic), 1e-10);

    [Fact]
    public void CubicIsTheParabolaBesideAnEnd()
    {
        static double Parabola(double z) => (z * z) - (2 * z) + 1;

        double[] weights = InterpolationWeights.Cubic(Uneven, 0.5);

        Assert.Equal(3, weights.Count(weight => weight != 0));
        Assert.Equal(Parabola(0.5), Apply(weights, Parabola), 1e-12);
    }

    [Fact]
    public void CubicOfOneMissingSliceTakesFourSixthsOfEachNeighbour()
    {
        double[] weights = InterpolationWeights.Cubic([0, 1, 3, 4], 2);

        Assert.Equal([-1 / 6.0, 4 / 6.0, 4 / 6.0, -1 / 6.0], weights, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void NearestGoesBeyondTheEndsAndTakesTheSliceBeforeOfTwoEquallyNear()
    {
        Assert.Equal([1, 0, 0], InterpolationWeights.Nearest([0, 2, 4], -3));
        Assert.Equal([0, 0, 1], InterpolationWeights.Nearest([0, 2, 4], 9));
        Assert.Equal([1, 0, 0], InterpolationWeights.Nearest([0, 2, 4], 1));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(12.1)]
    public void OnlyNearestExtrapolates(double target)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => InterpolationWeights.Linear(Uneven, target));
        Assert.Throws<ArgumentOutOfRangeException>(() => InterpolationWeights.Cubic(Uneven, target));
        Assert.Throws<ArgumentOutOfRangeException>(() => InterpolationWeights.NaturalSpline(Uneven, target));
        Assert.Equal(1, InterpolationWeights.Nearest(Uneven, target).Sum());
    }

    [Property(MaxTest = 300)]
    public Property SplineEqualsMathNetsNaturalSpline() => Prop.ForAll(
        Series().ToArbitrary(),
        series =>
        {
            double expected = CubicSpline.InterpolateNaturalSorted(series.Positions, series.Values).Interpolate(series.Target);
            double[] weights = InterpolationWeights.NaturalSpline(series.Positions, series.Target);
            double found = weights.Zip(series.Values, (weight, value) => weight * value).Sum();
            return Math.Abs(found - expected) <= 1e-9 * (1 + series.Values.Max(Math.Abs));
        });

    [Property(MaxTest = 300)]
    public Property WeightsAddUpToOneAndAVisibleSliceIsItself() => Prop.ForAll(
        Series().ToArbitrary(),
        series => InterpolationMethods.All.All(method =>
        {
            double[] between = InterpolationWeights.Of(method, series.Positions, series.Target);
            double[] at = InterpolationWeights.Of(method, series.Positions, series.Positions[1]);
            return Math.Abs(between.Sum() - 1) < 1e-9
                && at.Select((weight, i) => Math.Abs(weight - (i == 1 ? 1 : 0))).Max() < 1e-9;
        }));

    // 2 to 40 slices, steps between 0.2 and 5 mm, values of a CT.
    private static Gen<(double[] Positions, double[] Values, double Target)> Series() =>
        from count in Gen.Choose(2, 40)
        from steps in Gen.ArrayOf(Gen.Choose(20, 500), count)
        from values in Gen.ArrayOf(Gen.Choose(-1024, 3071), count)
        from fraction in Gen.Choose(0, 1000)
        let positions = Accumulate(steps)
        let target = Math.Min(positions[0] + ((positions[^1] - positions[0]) * fraction / 1000), positions[^1])
        select (positions, values.Select(value => (double)value).ToArray(), target);

    private static double[] Accumulate(int[] steps)
    {
        double position = -100;
        return [.. steps.Select(step => position += step / 100.0)];
    }

    private static double Cubic(double z) => (0.5 * z * z * z) - (2 * z * z) + z - 4;

    private static double Apply(double[] weights, Func<double, double> function) =>
        weights.Select((weight, i) => weight * function(Uneven[i])).Sum();
}
