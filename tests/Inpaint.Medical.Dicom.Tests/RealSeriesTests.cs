using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests;

/// <summary>Real series, most of them irregular, are reported for what they are; the README beside the data says what that is.</summary>
public sealed class RealSeriesTests
{
    [Theory]
    [InlineData("mr-memprage-siemens-genuine-missing-slice", 21, 10, 114, 116)]
    [InlineData("ct-chest-small-one-slice-removed", 79, 40, 40, 42)]
    [InlineData("ct-gap-4-slices-ge-lightspeed", 5, 3, 9, 10)]
    public async Task AGenuineGapIsFoundAtItsPlace(string folder, int slots, int hole, int numberBefore, int numberAfter)
    {
        BuiltVolume built = Assert.Single(await Build(folder));

        Assert.Equal(slots, built.Volume.SliceCount);
        Assert.Equal([hole], VolumeAssert.Holes(built));
        Assert.True(built.IsFillable);
        Finding gap = VolumeAssert.Single(ErrorCode.SlicesMissing, built.Findings);
        Assert.Equal([built.Slots[hole - 1].Source!.Source, built.Slots[hole + 1].Source!.Source], gap.Sources);
        Assert.Equal([numberBefore, numberAfter], new[] { built.Slots[hole - 1], built.Slots[hole + 1] }.Select(slot => slot.Source!.InstanceNumber!.Value));
    }

    [Theory]
    [InlineData("ct-chest-small-complete-79-slices", 79)]
    [InlineData("mr-4-slices-compressed-j2k", 4)]
    [InlineData("mr-4-slices-compressed-jpeg", 4)]
    [InlineData("mr-4-slices-compressed-jpegls", 4)]
    [InlineData("mr-4-slices-compressed-rle", 4)]
    [InlineData("mr-hyperfine-low-field-multiframe", 8)]
    public async Task ARegularSeriesIsFoundRegular(string folder, int slices)
    {
        BuiltVolume built = Assert.Single(await Build(folder));

        Assert.Equal(slices, built.Volume.SliceCount);
        Assert.Empty(built.Findings);
        Assert.True(MaskStage.Run(built, Some.Protocol, Some.Options).IsEmpty);
    }

    [Fact]
    public async Task APartOfASeriesIsReportedAsSuch()
    {
        BuiltVolume built = Assert.Single(await Build("mr-hitachi-4-slices"));

        Assert.StartsWith("7 slice(s) may be missing after the last", VolumeAssert.Single(ErrorCode.EndMissing, built.Findings).Message, StringComparison.Ordinal);
        Assert.Equal(4, built.Volume.SliceCount);
    }

    [Fact]
    public async Task UnevenSpacingByDesignIsNotFilled()
    {
        BuiltVolume built = Assert.Single(await Build("ct-head-ge-gantry-tilt-uneven-spacing"));

        Finding uneven = VolumeAssert.Single(ErrorCode.SpacingUneven, built.Findings);
        Assert.Equal("13 step(s) of 4.002 mm, then 1 step(s) of 1.081 mm, then 13 step(s) of 6.999 mm", uneven.Found);
        Assert.Contains("18.5 degrees", VolumeAssert.Single(ErrorCode.GantryTilt, built.Findings).Message, StringComparison.Ordinal);
        Assert.False(built.IsFillable);
        Assert.Equal(28, built.Volume.SliceCount);
        Assert.True(MaskStage.Run(built, Some.Protocol, Some.Options).IsEmpty);
    }

    [Fact]
    public async Task ATiltWithoutItsElementIsSeenFromThePositions()
    {
        BuiltVolume built = Assert.Single(await Build("ct-gantry-tilt-4-slices-siemens"));

        Finding tilt = VolumeAssert.Single(ErrorCode.GantryTilt, built.Findings);
        Assert.Contains("14 degrees", tilt.Message, StringComparison.Ordinal);
        Assert.Contains("no Gantry/Detector Tilt", tilt.Found, StringComparison.Ordinal);
        Assert.Empty(VolumeAssert.Holes(built));
    }

    [Fact]
    public async Task SlightlyUnevenSpacingIsAcceptedWithItsTruePositions()
    {
        BuiltVolume built = Assert.Single(await Build("mr-pd-axial-ge-slightly-uneven-spacing"));

        Finding uneven = VolumeAssert.Single(ErrorCode.SpacingUneven, built.Findings);
        Assert.Equal(FindingSeverity.Info, uneven.Severity);
        Assert.Equal("steps of 6.958 to 7.071 mm", uneven.Found);
        Assert.True(built.IsFillable);
        Assert.Equal(20, built.Volume.SliceCount);
        Assert.Equal(7.0709, built.Volume.Geometry.SlicePositionsMm[1] - built.Volume.Geometry.SlicePositionsMm[0], 1e-3);
    }

    [Theory]
    [InlineData("mr-fmri-4d-ge-rtia", 3, 8)]
    [InlineData("mr-fmri-4d-philips", 3, 9)]
    [InlineData("mr-dual-echo-4d-philips", 4, 30)]
    [InlineData("mr-enhanced-multiframe-philips-b0map", 2, 32)]
    [InlineData("mr-enhanced-multiframe-siemens-xa10", 4, 6)]
    [InlineData("mr-mixed-orientations-philips", 2, 2)]
    public async Task SeveralVolumesInOneFolderAreTakenApart(string folder, int volumes, int slices)
    {
        ImmutableArray<BuiltVolume> built = await Build(folder);

        Assert.Equal(volumes, built.Length);
        Assert.All(built, volume =>
        {
            Assert.Equal(slices, volume.Volume.SliceCount);
            Assert.Empty(VolumeAssert.Holes(volume));
            Assert.True(volume.IsFillable);
            Assert.True(MaskStage.Run(volume, Some.Protocol, Some.Options).IsEmpty);
        });
    }

    [Theory]
    [InlineData("mr-localizer-3-plane-ge", 21, ErrorCode.Localizer)]
    [InlineData("ct-scout-localizer-philips", 1, ErrorCode.Localizer)]
    [InlineData("mr-mosaic-siemens", 2, ErrorCode.TiledMosaic)]
    [InlineData("mr-mosaic-siemens-jpeg2000", 2, ErrorCode.TiledMosaic)]
    [InlineData("mr-12-bit-stored-siemens-mosaic", 3, ErrorCode.TiledMosaic)]
    [InlineData("mr-dti-tiled-uih", 3, ErrorCode.TiledMosaic)]
    public async Task WhatIsNoVolumeIsSetAsideWithTheReason(string folder, int images, ErrorCode reason)
    {
        using DicomInstanceSource source = Source(folder);
        SeriesSet set = await Group(source);

        Assert.Empty(set.Series);
        Assert.Equal(images, set.SetAside.Length);
        Assert.All(set.SetAside, aside => Assert.Equal(reason, aside.Reason.Code));
    }

    [Fact]
    public async Task ImagesOfOnePlaceAreNoVolume()
    {
        using DicomInstanceSource source = Source("ct-not-a-volume-siemens");
        ImageSeries series = Assert.Single((await Group(source)).Series);

        VolumeAssert.Refuses(ErrorCode.NotAVolume, () => BuildVolumeStage.Run(series, source, CancellationToken.None));
    }

    [Fact]
    public async Task ARemovedSliceIsRebuiltNearTheTruthAndAllOthersAreKept()
    {
        using DicomInstanceSource source = Source("ct-chest-small-one-slice-removed");
        ImageSeries series = Assert.Single((await Group(source)).Series);
        BuiltVolume built = BuildVolumeStage.Run(series, source, CancellationToken.None);
        SliceMask mask = MaskStage.Run(built, Some.Protocol, Some.Options);
        Inference inference = InferStage.Run(built, mask, Some.Protocol, Some.Options, Some.Methods, CancellationToken.None);
        Composite composite = CompositeStage.Run(built, mask, inference);
        BuiltVolume truth = Assert.Single(await Build("ct-chest-small-complete-79-slices"));

        for (int slice = 0; slice < 79; slice++)
        {
            Assert.Equal(slice != 40, composite.Slices[slice].Samples.Span.SequenceEqual(truth.Slots[slice].Stored.Span));
        }

        ReadOnlyMemory<byte> rebuilt = composite.Slices[40].Samples;
        double squares = Enumerable.Range(0, 64 * 64)
            .Sum(voxel => Math.Pow(StoredSamples.Read(rebuilt.Span, voxel, built.Format) - StoredSamples.Read(truth.Slots[40].Stored.Span, voxel, truth.Format), 2));
        Assert.InRange(Math.Sqrt(squares / (64 * 64)), 1, 80);
    }

    private static DicomInstanceSource Source(string folder) => new([RealData.PathOf("dicom", folder)]);

    private static async Task<SeriesSet> Group(DicomInstanceSource source) =>
        GroupStage.Run(await ReceiveStage.RunAsync(source, CancellationToken.None));

    private static async Task<ImmutableArray<BuiltVolume>> Build(string folder)
    {
        using DicomInstanceSource source = Source(folder);
        SeriesSet set = await Group(source);
        Assert.Empty(set.SetAside);
        return [.. set.Series.Select(series => BuildVolumeStage.Run(series, source, CancellationToken.None))];
    }
}
