using Inpaint.Medical.Core.Selection;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Selection;

public sealed class ErrorBlocksTests
{
    private const int Rows = 37, Columns = 53;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void TheMeanSquaredErrorIsThatOfTheSlowTwin(bool hasRegion, bool hasPadding)
    {
        var random = new Random(3);
        float[] truth = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)random.Next(-3, 900))];
        float[] predicted = [.. truth.Select(value => value + random.Next(-20, 20))];
        bool[] region = [.. truth.Select(_ => random.Next(3) == 0)];
        var errors = new ErrorBlocks(Rows, Columns);

        errors.Add(predicted, truth, hasRegion ? region : [], hasPadding ? -1 : null);

        int[] counted = [.. Enumerable.Range(0, truth.Length).Where(i => (!hasRegion || region[i]) && (!hasPadding || truth[i] != -1))];
        Assert.Equal(counted.Length, errors.Count);
        Assert.Equal(counted.Average(i => Math.Pow(predicted[i] - truth[i], 2)), errors.MeanSquaredError, 1e-3);
        Assert.Equal(errors.MeanSquaredError * errors.Count, errors.Sums.ToArray().Sum(), 1e-3);
    }

    [Fact]
    public void AnErrorThatIsNotFiniteIsNotHidden()
    {
        var errors = new ErrorBlocks(8, 8);
        float[] predicted = new float[64];
        predicted[17] = float.NaN;

        errors.Add(predicted, new float[64], [], null);

        Assert.True(double.IsNaN(errors.MeanSquaredError));
    }
}
