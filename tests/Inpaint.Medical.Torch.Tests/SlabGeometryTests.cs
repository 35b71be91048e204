using FsCheck.Xunit;
using Inpaint.Medical.Core.Interpolation;
using Xunit;

namespace Inpaint.Medical.Torch.Tests;

public class SlabGeometryTests
{
    [Property]
    public void CandidatesAreThoseOfTheClassicalMethods(int seed)
    {
        var random = new Random(seed);
        double[] positions = [.. Enumerable.Range(0, random.Next(2, 9)).Select(i => (i * 2) + random.NextDouble()).ToArray()];
        double at = positions[0] + (random.NextDouble() * (positions[^1] - positions[0]));
        float[] weights = SlabGeometry.CandidateWeights(positions, at);
        double[][] expected = [InterpolationWeights.Linear(positions, at), InterpolationWeights.Cubic(positions, at), InterpolationWeights.NaturalSpline(positions, at)];
        for (int k = 0; k < 3; k++)
        {
            for (int i = 0; i < positions.Length; i++) Assert.Equal(expected[k][i], weights[(k * positions.Length) + i], 1e-5);
        }
    }

    [Fact]
    public void LeftOutErrorsOfACubicAreZeroForTheCubicCandidate()
    {
        double[] z = [-4, -3, -2, -1, 1, 2, 3, 4];
        var geometry = new SlabGeometry(z);
        double[] values = Array.ConvertAll(z, p => (0.3 * p * p * p) - (p * p) + 2);
        for (int left = 1; left < 5; left++)
        {
            double error = Enumerable.Range(0, z.Length).Sum(i => geometry.Errors[(((left * 3) + 1) * z.Length) + i] * values[i]);
            Assert.Equal(0, error, 1e-3);
        }
    }

    [Theory]
    [InlineData(new double[] { -2, -1, 1, 2 }, new[] { 1, 2, 0, 3 })]
    [InlineData(new double[] { 1, 2, 3 }, new[] { 1, 0, 2, 2 })]
    [InlineData(new double[] { -3, -1 }, new[] { 1, 0, 0, 0 })]
    [InlineData(new double[] { -1 }, new[] { 0, 0, 0, 0 })]
    public void SlotsAreTheNearestSlices(double[] positions, int[] slots) => Assert.Equal(slots, new SlabGeometry(positions).Slot);

    [Theory]
    [InlineData(new double[] { })]
    [InlineData(new double[] { 1, 1 })]
    [InlineData(new double[] { 2, -1 })]
    [InlineData(new[] { double.NaN })]
    public void PositionsThatDoNotAscendAreRefused(double[] positions) => Assert.Throws<ArgumentException>(() => new SlabGeometry(positions));

    [Theory]
    [InlineData(new double[] { -2, -1, 1, 2 })]
    [InlineData(new double[] { 1, 3, 4 })]
    public void TheLinearCandidateOverTheSlotsIsTheLinearCandidate(double[] positions)
    {
        var geometry = new SlabGeometry(positions);
        double Over(int slice) => Enumerable.Range(0, 4).Where(s => geometry.Slot[s] == slice).Sum(s => geometry.SlotLinear[s]);
        for (int i = 0; i < positions.Length; i++) Assert.Equal(geometry.Weights[i], Over(i), 6);
    }
}
