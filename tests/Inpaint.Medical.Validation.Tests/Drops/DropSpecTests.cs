using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Drops;

namespace Inpaint.Medical.Validation.Tests.Drops;

public sealed class DropSpecTests
{
    [Theory]
    [InlineData("every:2", 10, "1,3,5,7")]
    [InlineData("every:2", 9, "1,3,5,7")]
    [InlineData("every:3", 10, "2,5,8")]
    [InlineData("run:1", 9, "4")]
    [InlineData("run:3", 9, "3,4,5")]
    [InlineData("run:7", 9, "1,2,3,4,5,6,7")]
    [InlineData("runs:1@3", 12, "1,5,9")]
    [InlineData("runs:2@2", 12, "2,3,8,9")]
    [InlineData("index:0,4-6", 9, "0,4,5,6")]
    [InlineData("ends:2", 9, "0,1,7,8")]
    public void SlicesAreThoseOfTheDefinition(string drop, int slices, string expected)
    {
        HiddenVoxels hidden = DropSpec.Parse(drop).Hide(SomeVolume.Of(slices, 1).Volume, "v", 0);
        Assert.Equal(expected, string.Join(',', hidden.BySlice.Keys.Order().Select(slice => slice.ToString(CultureInfo.InvariantCulture))));
        Assert.All(hidden.BySlice.Values, Assert.Null);
    }

    [Fact]
    public void RandomDropKeepsTheEndsAndFollowsSeedAndName()
    {
        Volume volume = SomeVolume.Of(42, 1).Volume;
        DropSpec drop = DropSpec.Parse("random:0.25");
        int[] Hidden(string name, ulong seed) => [.. drop.Hide(volume, name, seed).BySlice.Keys.Order()];
        Assert.Equal(10, Hidden("a", 1).Length);
        Assert.Equal(Hidden("a", 1), Hidden("a", 1));
        Assert.NotEqual(Hidden("a", 1), Hidden("a", 2));
        Assert.NotEqual(Hidden("a", 1), Hidden("b", 1));
        Assert.DoesNotContain(0, Hidden("a", 1));
        Assert.DoesNotContain(41, Hidden("a", 1));
    }

    [Theory]
    [InlineData("region:band@5", 100)]
    [InlineData("region:block@5", 25)]
    public void RegionsLieInEveryFourthSlice(string drop, int voxels)
    {
        HiddenVoxels hidden = DropSpec.Parse(drop).Hide(SomeVolume.Of(12, 1).Volume, "v", 0);
        Assert.Equal([2, 6, 10], hidden.BySlice.Keys.Order());
        Assert.All(hidden.BySlice.Values, region => Assert.Equal(voxels, Assert.IsType<RegionMask>(region).Count));
    }

    [Fact]
    public void SlicesThatTheInputLacksAreNotAskedFor()
    {
        Volume volume = SomeVolume.Of(9, 1, change: (slice, image) => slice == 3 ? null : image).Volume;
        Assert.Equal([1, 5, 7], DropSpec.Parse("every:2").Hide(volume, "v", 0).BySlice.Keys.Order());
    }

    [Theory]
    [InlineData("every")]
    [InlineData("every:1")]
    [InlineData("every:two")]
    [InlineData("run:0")]
    [InlineData("runs:2")]
    [InlineData("runs:2@0")]
    [InlineData("random:0")]
    [InlineData("random:1")]
    [InlineData("random:1e-3")]
    [InlineData("region:disc@4")]
    [InlineData("region:band")]
    [InlineData("index:")]
    [InlineData("")]
    public void WrongTextIsRefused(string text) =>
        Assert.Equal(ErrorCode.UsageInvalid, Assert.Throws<InpaintException>(() => DropSpec.Parse(text)).Code);

    [Theory]
    [InlineData("run:8", ErrorCode.TooFewSlices)]
    [InlineData("runs:3@3", ErrorCode.TooFewSlices)]
    [InlineData("ends:4", ErrorCode.NothingVisible)]
    [InlineData("index:0-8", ErrorCode.NothingVisible)]
    [InlineData("index:9", ErrorCode.SliceNumberOutOfRange)]
    [InlineData("region:band@24", ErrorCode.TooFewSlices)]
    public void DropThatDoesNotFitIsRefused(string text, ErrorCode expected) =>
        Assert.Equal(expected, Assert.Throws<InpaintException>(() => DropSpec.Parse(text).Hide(SomeVolume.Of(9, 1).Volume, "v", 0)).Code);
}
