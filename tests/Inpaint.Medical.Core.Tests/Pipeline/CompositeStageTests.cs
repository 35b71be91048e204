using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class CompositeStageTests
{
    private static readonly MethodIdentity Method = new("test", "1");

    [Fact]
    public void GivenVisibleSlices_WhenComposited_ThenTheirSamplesAreBitEqualAndTheDigestsSaySo()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).Without(4));

        Composite composite = CompositeStage.Run(built, Mask(built), Constant(built, 100, 4));

        Assert.All(composite.Slices.Where(slice => slice.Slice != 4), slice =>
        {
            Assert.Equal(SliceKind.Copy, slice.Kind);
            Assert.True(slice.Samples.Span.SequenceEqual(built.Slots[slice.Slice].Stored.Span));
            Assert.Equal(slice.SourceSha256, slice.OutputSha256);
        });
        Assert.Equal(SliceKind.Synthetic, composite.Slices[4].Kind);
        Assert.Null(composite.Slices[4].SourceSha256);
        Assert.Equal(1024, composite.Slices[4].SyntheticVoxels);
    }

    [Theory]
    [InlineData(99.4f, 99)]
    [InlineData(99.6f, 100)]
    [InlineData(-500.5f, -500)]
    public void GivenAPrediction_WhenComposited_ThenRescaledBackAndRounded(float real, int expected)
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).Without(4));

        Composite composite = CompositeStage.Run(built, Mask(built), Constant(built, real, 4));

        Assert.Equal(expected + 1024, StoredSamples.Read(composite.Slices[4].Samples.Span, 0, built.Format));
    }

    [Fact]
    public void GivenAPredictionBeyondTheSeries_WhenComposited_ThenLimitedToItsRangeAndAMargin()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).Without(4));
        float largest = Enumerable.Range(0, 10).Where(built.Volume.IsPresent).Max(slice => Max(built.Volume.Slice(slice)));

        Composite composite = CompositeStage.Run(built, Mask(built), Constant(built, 30000, 4));

        double found = StoredSamples.Read(composite.Slices[4].Samples.Span, 0, built.Format) - 1024;
        Assert.InRange(found, largest, largest + 150);
        Assert.Equal(1024, composite.Slices[4].ClampedVoxels);
        VolumeAssert.Single(ErrorCode.VoxelsClamped, composite.Findings);
    }

    [Fact]
    public void GivenTwelveBitsStored_WhenAPredictionIsBeyondThem_ThenLimitedToThem()
    {
        var twelve = new PixelFormat(SampleType.Int16, 12, 11);
        BuiltVolume built = Some.Built(Phantom.Series(10).With(header => header with { Format = twelve, Rescale = new Rescale(1, -1024) }).Without(4));

        Composite composite = CompositeStage.Run(built, Mask(built), Constant(built, 30000, 4));

        Assert.InRange(StoredSamples.Read(composite.Slices[4].Samples.Span, 0, twelve), 1, 2047);
    }

    [Fact]
    public void GivenARegion_WhenComposited_ThenOnlyItsVoxelsDiffer()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10));
        bool[] region = [.. Enumerable.Range(0, 1024).Select(voxel => voxel % 5 == 0)];
        SliceMask mask = Mask(built, region, 4);

        Composite composite = CompositeStage.Run(built, mask, Constant(built, 321, 4));

        CompositeSlice slice = composite.Slices[4];
        Assert.Equal(SliceKind.Repaired, slice.Kind);
        Assert.Equal(205, slice.SyntheticVoxels);
        for (int voxel = 0; voxel < 1024; voxel++)
        {
            double expected = region[voxel] ? 321 + 1024 : StoredSamples.Read(built.Slots[4].Stored.Span, voxel, built.Format);
            Assert.Equal(expected, StoredSamples.Read(slice.Samples.Span, voxel, built.Format));
        }

        Assert.NotEqual(slice.SourceSha256, slice.OutputSha256);
        Assert.Contains(4, slice.SourceSlices);
    }

    [Fact]
    public void GivenAVisibleSampleThatChangedAfterDecoding_WhenComposited_ThenVisibleVoxelChanged()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).Without(4));
        byte[] changed = built.Slots[7].Stored.ToArray();
        changed[900] ^= 1;
        built = built with { Slots = built.Slots.SetItem(7, built.Slots[7] with { Stored = changed }) };

        VolumeAssert.Refuses(ErrorCode.VisibleVoxelChanged, () => CompositeStage.Run(built, Mask(built), Constant(built, 0, 4)));
    }

    [Fact]
    public void GivenPaddingOnBothSides_WhenComposited_ThenPaddingInBetweenAndNothingElse()
    {
        BuiltVolume built = Some.Built(Padded(voxel => voxel < 64, voxel => voxel < 64).Without(4));

        Composite composite = CompositeStage.Run(built, Mask(built), Constant(built, 50, 4));

        Assert.Equal(-3000, StoredSamples.Read(composite.Slices[4].Samples.Span, 63, built.Format));
        Assert.Equal(50 + 1024, StoredSamples.Read(composite.Slices[4].Samples.Span, 64, built.Format));
        Assert.Equal(0, composite.Slices[4].ClampedVoxels);
    }

    [Fact]
    public void GivenPaddingFarFromAllValuesOnOneSide_WhenComposited_ThenNothingIsMixedWithIt()
    {
        BuiltVolume built = Some.Built(Padded(voxel => voxel < 64, _ => false).Without(4));

        Composite composite = CompositeStage.Run(built, Mask(built), Constant(built, -1700, 4));

        Assert.Equal(-3000, StoredSamples.Read(composite.Slices[4].Samples.Span, 10, built.Format));
    }

    [Fact]
    public void GivenRescaleBySlice_WhenComposited_ThenAHoleTakesTheNearestSlicesPair()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).With((i, header) => header with { Rescale = new Rescale(1 + i, -1024) }).Without(4));

        Composite composite = CompositeStage.Run(built, Mask(built), Constant(built, 976, 4));

        Assert.Equal(new Rescale(4, -1024), composite.Slices[4].Rescale);
        Assert.Equal(500, StoredSamples.Read(composite.Slices[4].Samples.Span, 0, built.Format));
        Assert.Equal(new Rescale(8, -1024), composite.Slices[7].Rescale);
    }

    [Fact]
    public void GivenANotFinitePrediction_WhenComposited_ThenRefused()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).Without(4));

        VolumeAssert.Refuses(ErrorCode.PredictionNotFinite, () => CompositeStage.Run(built, Mask(built), Constant(built, float.NaN, 4)));
    }

    private static MemorySource Padded(Func<int, bool> before, Func<int, bool> after)
    {
        MemorySource source = Phantom.Series(10).With(header => header with { Format = header.Format with { PaddingValue = -3000 } });
        for (int slice = 0; slice < 10; slice++)
        {
            for (int voxel = 0; voxel < 1024; voxel++)
            {
                if (slice < 5 ? before(voxel) : after(voxel))
                {
                    StoredSamples.Write(source.Pixels(slice), voxel, source.Headers[slice].Format, -3000);
                }
            }
        }

        return source;
    }

    private static SliceMask Mask(BuiltVolume built, bool[]? region = null, int slice = 0) => MaskStage.Run(
        built,
        Some.Protocol,
        new RunOptions(RegionsByHand: region is null ? null : ImmutableDictionary<int, RegionMask>.Empty.Add(slice, new RegionMask(region))));

    private static Inference Constant(BuiltVolume built, float value, int slice)
    {
        var voxels = new float[built.Volume.Geometry.SliceLength];
        Array.Fill(voxels, value);
        return new Inference([new SlicePrediction(slice, voxels, [3, 5])], [new MethodChoice([slice], Method, "Test.", [])], []);
    }

    private static float Max(ReadOnlySpan<float> voxels)
    {
        float largest = float.MinValue;
        foreach (float voxel in voxels)
        {
            largest = Math.Max(largest, voxel);
        }

        return largest;
    }
}
