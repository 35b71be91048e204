using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Inpaint.Medical.Core.Volumes;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Volumes;

public sealed class SliceGridTests
{
    private static readonly double[] NoNominal = [];

    [Property(MaxTest = 500)]
    public Property MissingSlicesDoNotMisleadTheGrid() => Prop.ForAll(
        Stacks().ToArbitrary(),
        stack =>
        {
            SliceGrid grid = SliceGrid.Fit(stack.Positions, stack.Numbers, NoNominal);
            return grid.Regularity == GridRegularity.Regular
                && grid.Slots.SequenceEqual(stack.Kept)
                && Math.Abs(grid.SpacingMm - stack.SpacingMm) <= SlicePositions.ToleranceMm(stack.SpacingMm);
        });

    [Fact]
    public void TheFirstStepMayBeAGap() => AssertGrid(1.5, [0, 3, 4, 5], [0, 4.5, 6, 7.5]);

    [Fact]
    public void TheOnlySmallStepGivesTheSpacing() => AssertGrid(5, [0, 2, 3, 5], [0, 10, 15, 25]);

    [Fact]
    public void InstanceNumbersGiveTheSpacingWhereNoTwoNeighboursSurvived() =>
        AssertGrid(1, [0, 2, 5, 7, 10], [0, 2, 5, 7, 10], [1, 3, 6, 8, 11]);

    [Fact]
    public void EverySecondSliceIsMissingWhereNumbersAndHeaderAgree() =>
        AssertGrid(1, [0, 2, 4, 6], [0, 2, 4, 6], [1, 3, 5, 7], [1.0]);

    [Fact]
    public void EverySecondNumberAloneIsNoProof() => AssertGrid(2, [0, 1, 2, 3], [0, 2, 4, 6], [1, 3, 5, 7]);

    [Fact]
    public void RoundedPositionsAreRegular() => AssertGrid(1 / 3.0, [0, 1, 2, 3, 5, 6], [0, 0.33, 0.67, 1, 1.67, 2]);

    [Fact]
    public void SmallUnevennessIsToldApartAndHolesAreStillSeen()
    {
        SliceGrid grid = SliceGrid.Fit([0, 7.12, 14.03, 21, 35.06], [1, 2, 3, 4, 6], NoNominal);

        Assert.Equal(GridRegularity.SlightlyUneven, grid.Regularity);
        Assert.Equal([0, 1, 2, 3, 5], grid.Slots);
    }

    [Fact]
    public void StepsWithoutACommonSpacingAreUneven()
    {
        SliceGrid grid = SliceGrid.Fit([0, 4, 8, 12, 13.08, 20.08, 27.08], [1, 2, 3, 4, 5, 6, 7], NoNominal);

        Assert.Equal(GridRegularity.Uneven, grid.Regularity);
        Assert.Equal(4, grid.SpacingMm, 1e-9);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], grid.Slots);
    }

    [Fact]
    public void ABlockOfDoubleStepsWhoseNumbersRunOnIsMeant()
    {
        double[] positions = [0, 5, 10, 15, 20, 30, 40, 50, 60];

        Assert.Equal(GridRegularity.Uneven, SliceGrid.Fit(positions, [1, 2, 3, 4, 5, 6, 7, 8, 9], NoNominal).Regularity);
        Assert.Equal(GridRegularity.Regular, SliceGrid.Fit(positions, [1, 2, 3, 4, 5, 7, 9, 11, 13], NoNominal).Regularity);
    }

    [Fact]
    public void OneDoubleStepWhoseNumbersRunOnIsAGap() => AssertGrid(5, [0, 1, 2, 4], [18, 23, 28, 38], [7, 8, 9, 10]);

    [Fact]
    public void AFarSliceDoesNotMakeAGridOfHoles() =>
        Assert.Equal(GridRegularity.Uneven, SliceGrid.Fit([0, 1, 2, 1e12], [1, 2, 3, 4], NoNominal).Regularity);

    private static void AssertGrid(double spacing, int[] slots, double[] positions, int?[]? numbers = null, double[]? nominal = null)
    {
        SliceGrid grid = SliceGrid.Fit(positions, numbers ?? new int?[positions.Length], nominal ?? NoNominal);
        Assert.Equal(GridRegularity.Regular, grid.Regularity);
        Assert.Equal(spacing, grid.SpacingMm, SlicePositions.ToleranceMm(spacing));
        Assert.Equal(slots, grid.Slots);
    }

    // 6 to 60 slices every 0.5 to 10 mm, positions rounded to 3 digits, up to 30 % of the slices inside dropped at random.
    private static Gen<(double[] Positions, int?[] Numbers, int[] Kept, double SpacingMm)> Stacks() =>
        from count in Gen.Choose(6, 60)
        from hundredths in Gen.Choose(50, 1000)
        from start in Gen.Choose(-50000, 50000)
        from dropped in Gen.ArrayOf(Gen.Choose(1, count - 2), count * 3 / 10)
        from isNumbered in Gen.Elements(true, false)
        let spacing = hundredths / 100.0
        let kept = Enumerable.Range(0, count).Except(isNumbered ? dropped : Lonely(dropped)).ToArray()
        select (
            kept.Select(slice => Math.Round((start / 100.0) + (slice * spacing), 3)).ToArray(),
            kept.Select(slice => isNumbered ? slice + 1 : (int?)null).ToArray(),
            kept,
            spacing);

    // Without numbers three equal gaps in a row could be a spacing that was meant: leave at least four slices between drops.
    private static int[] Lonely(int[] dropped)
    {
        var lonely = new List<int>();
        foreach (int slice in dropped.Distinct().Order())
        {
            if (lonely.Count == 0 || slice - lonely[^1] > 4)
            {
                lonely.Add(slice);
            }
        }

        return [.. lonely];
    }
}
