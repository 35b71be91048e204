using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class MaskStageTests
{
    [Fact]
    public void GivenACompleteStack_WhenMasked_ThenNothing() => Assert.True(Mask(Phantom.Series()).IsEmpty);

    [Fact]
    public void GivenEveryDefect_WhenMasked_ThenEachWithItsReason()
    {
        MemorySource source = Phantom.Series(20).Spoiled(8, ErrorCode.SliceTruncated).Spoiled(11, ErrorCode.SliceUndecodable).Constant(15, 0).Without(4);

        SliceMask mask = MaskStage.Run(Some.Built(source), Some.Protocol, new RunOptions(SlicesByHand: [2]));

        Assert.Equal(
            [
                (2, SliceVerdict.Corrupted, ErrorCode.SliceGivenByHand),
                (4, SliceVerdict.Missing, ErrorCode.SlicesMissing),
                (8, SliceVerdict.Corrupted, ErrorCode.SliceTruncated),
                (11, SliceVerdict.Corrupted, ErrorCode.SliceUndecodable),
                (15, SliceVerdict.Corrupted, ErrorCode.SliceConstant),
            ],
            mask.Decisions.Select(decision => (decision.Slice, decision.Verdict, decision.Reason)));
        Assert.Equal([ErrorCode.SliceTruncated, ErrorCode.SliceUndecodable, ErrorCode.SliceConstant], mask.Findings.Select(finding => finding.Code));
        Assert.Equal("IMG0009.dcm", mask.Findings[0].Sources[0]);
    }

    [Fact]
    public void GivenEmptySlicesAtTheEnds_WhenMasked_ThenTheyAreIntact() =>
        Assert.True(Mask(Phantom.Series(8).Constant(0, 0).Constant(1, 0).Constant(7, 0)).IsEmpty);

    [Fact]
    public void GivenConstantSlicesNextToEachOther_WhenContentLiesOnBothSides_ThenAllAreMasked() =>
        Assert.Equal([3, 4], Mask(Phantom.Series(9).Constant(3, 7).Constant(4, 9)).Decisions.Select(decision => decision.Slice));

    [Fact]
    public void GivenANotFiniteVoxel_WhenMasked_ThenSliceNotFinite()
    {
        BuiltVolume built = Some.Built(Phantom.Series(5));
        float[][] voxels = [.. Enumerable.Range(0, 5).Select(slice => built.Volume.Slice(slice).ToArray())];
        voxels[2][100] = float.NaN;
        built = built with { Volume = new Volume(built.Volume.Geometry, voxels), Format = new PixelFormat(SampleType.Float32, 32, 31) };

        Assert.Equal(ErrorCode.SliceNotFinite, Assert.Single(MaskStage.Run(built, Some.Protocol, Some.Options).Decisions).Reason);
    }

    [Fact]
    public void GivenARegionByHand_WhenMasked_ThenPartial()
    {
        SliceMask mask = MaskStage.Run(Some.Built(Phantom.Series(6)), Some.Protocol, ByHand(2, Region(1024, 10)));

        Assert.Equal((2, SliceVerdict.Partial), (Assert.Single(mask.Decisions).Slice, mask.Decisions[0].Verdict));
        Assert.Equal(10, mask.Regions[2].Count);
    }

    [Theory]
    [InlineData(1024, SliceVerdict.Corrupted)]
    [InlineData(0, SliceVerdict.Intact)]
    public void GivenARegionOfAllOrNothing_WhenMasked_ThenWholeOrIntact(int count, SliceVerdict expected) =>
        Assert.Equal(expected, MaskStage.Run(Some.Built(Phantom.Series(6)), Some.Protocol, ByHand(2, Region(1024, count))).Verdicts[2]);

    [Fact]
    public void GivenARegionOfAnotherShape_WhenMasked_ThenMaskShapeMismatch() =>
        VolumeAssert.Refuses(ErrorCode.MaskShapeMismatch, () => MaskStage.Run(Some.Built(Phantom.Series(6)), Some.Protocol, ByHand(2, Region(1000, 3))));

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void GivenASliceBeyondTheGrid_WhenMasked_ThenSliceNumberOutOfRange(int slice) =>
        VolumeAssert.Refuses(ErrorCode.SliceNumberOutOfRange, () => MaskStage.Run(Some.Built(Phantom.Series(6)), Some.Protocol, new RunOptions(SlicesByHand: [slice])));

    [Fact]
    public void GivenGapOverLimitInSlices_WhenMasked_ThenGapTooLong() =>
        VolumeAssert.Refuses(ErrorCode.GapTooLong, () => Mask(Phantom.Series(20).Without(4, 5, 6), Some.ProtocolThat(fill => fill with { LongestRunSlices = 2 })));

    [Fact]
    public void GivenGapOverLimitInMm_WhenMasked_ThenGapTooLong()
    {
        InpaintException refusal = VolumeAssert.Refuses(
            ErrorCode.GapTooLong, () => Mask(Phantom.Series(20).Without(4, 5), Some.ProtocolThat(fill => fill with { LongestRunMm = 7 })));

        Assert.Contains("7.5 mm from -32.5 to -25 mm", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenSixtyPercentMissing_WhenMasked_ThenTooManyMasked() =>
        VolumeAssert.Refuses(ErrorCode.TooManyMasked, () => Mask(Phantom.Series(20).Without(2, 3, 4, 6, 7, 8, 10, 11, 12, 14, 15, 17)));

    [Fact]
    public void GivenASpoiledEnd_WhenEndsAreRefused_ThenEndNotFilled() =>
        VolumeAssert.Refuses(ErrorCode.EndNotFilled, () => Mask(Phantom.Series(8).Spoiled(7, ErrorCode.SliceTruncated)));

    [Fact]
    public void GivenASpoiledEnd_WhenEndsAreFilled_ThenMasked() =>
        Assert.Equal(7, Assert.Single(Mask(Phantom.Series(8).Spoiled(7, ErrorCode.SliceTruncated), Some.ProtocolThat(fill => fill with { Ends = EndPolicy.Fill })).Decisions).Slice);

    [Fact]
    public void GivenEverySliceByHand_WhenMasked_ThenNothingVisible() =>
        VolumeAssert.Refuses(ErrorCode.NothingVisible, () => MaskStage.Run(Some.Built(Phantom.Series(3)), Some.Protocol, new RunOptions(SlicesByHand: [0, 1, 2])));

    [Fact]
    public void GivenUnevenSpacing_WhenMasked_ThenReportedAndNotFilled()
    {
        SliceMask mask = Mask(Phantom.Series([0, 4, 8, 12, 13.08, 20.08, 27.08]));

        Assert.True(mask.IsEmpty);
        VolumeAssert.Single(ErrorCode.SpacingNotFillable, mask.Findings);
    }

    [Fact]
    public void GivenAConstantSlice_WhenOnlyReported_ThenItStaysAndHolesAreMasked()
    {
        SliceMask mask = Mask(Phantom.Series(10).Constant(3, 0).Without(6), Some.ProtocolThat(fill => fill with { Spoiled = SpoiledPolicy.Report }));

        Assert.Equal([6], mask.Decisions.Select(decision => decision.Slice));
        VolumeAssert.Single(ErrorCode.SpoiledSliceReported, mask.Findings);
    }

    [Fact]
    public void GivenAnUnreadableSlice_WhenOnlyReported_ThenNothingIsFilled()
    {
        SliceMask mask = Mask(Phantom.Series(10).Spoiled(3, ErrorCode.SliceUndecodable).Without(6), Some.ProtocolThat(fill => fill with { Spoiled = SpoiledPolicy.Report }));

        Assert.True(mask.IsEmpty);
        Assert.All(mask.Findings, finding => Assert.Equal(ErrorCode.SpoiledSliceReported, finding.Code));
    }

    private static SliceMask Mask(MemorySource source, Protocol? protocol = null) =>
        MaskStage.Run(Some.Built(source), protocol ?? Some.Protocol, Some.Options);

    private static RunOptions ByHand(int slice, RegionMask region) =>
        new(RegionsByHand: ImmutableDictionary<int, RegionMask>.Empty.Add(slice, region));

    private static RegionMask Region(int length, int count) => new([.. Enumerable.Range(0, length).Select(voxel => voxel < count)]);
}
