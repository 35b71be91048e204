using System.Collections.Immutable;
using Inpaint.Medical.Core.Composition;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Composition;

public sealed class SigmaVolumeTests
{
    [Fact]
    public void AcquiredVoxelsHaveNoErrorAndUnknownOnesSaySo()
    {
        BuiltVolume built = Some.Built(Phantom.Series(5));
        bool[] region = [.. Enumerable.Range(0, 1024).Select(voxel => voxel == 3)];
        var mask = new SliceMask
        {
            Verdicts = [SliceVerdict.Intact, SliceVerdict.Missing, SliceVerdict.Corrupted, SliceVerdict.Partial, SliceVerdict.Intact],
            Regions = ImmutableDictionary<int, RegionMask>.Empty.Add(3, new RegionMask(region)),
            Decisions = [],
        };
        ReadOnlyMemory<float> fives = Enumerable.Repeat(5f, 1024).ToArray();
        var composite = new Composite([], Rescale.Identity, ImmutableDictionary<int, ReadOnlyMemory<float>>.Empty.Add(1, fives).Add(3, fives), []);

        float[][] sigma = SigmaVolume.Of(composite, mask, built.Volume.Geometry)!;

        Assert.Equal([0, 5, SigmaVolume.NotGiven, 0, 0], sigma.Select(slice => slice[0]));
        Assert.Equal(5, sigma[3][3]);
        Assert.Equal(5, sigma[3].Sum());
        Assert.Null(SigmaVolume.Of(composite with { Sigma = ImmutableDictionary<int, ReadOnlyMemory<float>>.Empty }, mask, built.Volume.Geometry));
    }
}
