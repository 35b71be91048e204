using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Inpaint.Medical.Core.Selection;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Selection;

public sealed class BlockBootstrapTests
{
    [Fact]
    public void HalfTheErrorEverywhereIsThreeDecibelsForSure()
    {
        double[] reference = [.. Enumerable.Range(1, 64).Select(block => (double)block)];

        Assert.Equal(10 * Math.Log10(2), BlockBootstrap.LowerGainDb(reference, [.. reference.Select(error => error / 2)]), 1e-9);
    }

    [Fact]
    public void AGainThatComesFromOneBlockIsNotSure()
    {
        double[] reference = [.. Enumerable.Repeat(1.0, 63), 50];
        double[] challenger = [.. Enumerable.Repeat(1.02, 63), 10];

        Assert.True(BlockBootstrap.GainDb(reference.Sum(), challenger.Sum()) > 1);
        Assert.True(BlockBootstrap.LowerGainDb(reference, challenger) < 0);
    }

    [Property(MaxTest = 100)]
    public Property TheBoundLiesBelowTheGainAndIsTheSameTwice() => Prop.ForAll(
        Gen.ArrayOf(Gen.Choose(1, 1000).Zip(Gen.Choose(1, 1000)), 40).ToArbitrary(),
        blocks =>
        {
            double[] reference = [.. blocks.Select(block => (double)block.Item1)], challenger = [.. blocks.Select(block => (double)block.Item2)];
            double bound = BlockBootstrap.LowerGainDb(reference, challenger);
            return bound < BlockBootstrap.GainDb(reference.Sum(), challenger.Sum()) && bound == BlockBootstrap.LowerGainDb(reference, challenger);
        });

    // Of challengers that are no better, about one in ten may pass a bound of 90 % confidence.
    [Fact]
    public void AMethodThatIsNoBetterPassesAboutOnceInTen()
    {
        var random = new Random(5);
        int passed = Enumerable.Range(0, 400).Count(_ =>
            BlockBootstrap.LowerGainDb(Errors(random), Errors(random)) > 0);

        Assert.InRange(passed, 20, 70);

        static double[] Errors(Random random) => [.. Enumerable.Range(0, 100).Select(_ => Math.Pow(random.NextDouble(), 2))];
    }
}
