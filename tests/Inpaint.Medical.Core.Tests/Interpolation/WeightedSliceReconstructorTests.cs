using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Interpolation;

public sealed class WeightedSliceReconstructorTests
{
    private const int Rows = 5, Columns = 7, Length = Rows * Columns;

    public static TheoryData<string> Names => [.. InterpolationMethods.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void PredictionsEqualTheSlowTwin(string name)
    {
        Volume volume = RandomVolume(9, seed: 1);
        SliceMask mask = Masked(9, [3, 4]);

        foreach (SlicePrediction prediction in Reconstruct(name, volume, mask, [3, 4]))
        {
            float[] expected = SlowTwin(name, volume, [0, 1, 2, 5, 6, 7, 8], prediction.Slice);
            VolumeAssert.Near(expected, prediction.Voxels.Span, 1e-3f);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PoisonedHiddenSlicesChangeNoBit(string name)
    {
        SliceMask mask = Masked(9, [3, 4]);
        IReadOnlyList<SlicePrediction> clean = Reconstruct(name, RandomVolume(9, 1), mask, [3, 4]);

        foreach (float poison in new[] { float.NaN, 1e30f, float.NegativeInfinity })
        {
            IReadOnlyList<SlicePrediction> poisoned = Reconstruct(name, RandomVolume(9, 1, (slice, _) => slice is 3 or 4 ? poison : null), mask, [3, 4]);

            for (int i = 0; i < clean.Count; i++)
            {
                VolumeAssert.BitEqual(clean[i].Voxels.Span, poisoned[i].Voxels.Span);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PoisonedRegionsChangeNoBitOfWholeOrPartialTargets(string name)
    {
        bool[] regionOfTwo = [.. Enumerable.Range(0, Length).Select(voxel => voxel % 3 == 0)];
        bool[] regionOfSix = [.. Enumerable.Range(0, Length).Select(voxel => voxel is > 4 and < 12)];
        SliceMask mask = Masked(9, [4], (2, regionOfTwo), (6, regionOfSix));
        bool IsHidden(int slice, int voxel) => slice == 4 || (slice == 2 && regionOfTwo[voxel]) || (slice == 6 && regionOfSix[voxel]);

        IReadOnlyList<SlicePrediction> clean = Reconstruct(name, RandomVolume(9, 2), mask, [2, 4, 6]);
        IReadOnlyList<SlicePrediction> poisoned = Reconstruct(name, RandomVolume(9, 2, (slice, voxel) => IsHidden(slice, voxel) ? float.NaN : null), mask, [2, 4, 6]);

        for (int i = 0; i < clean.Count; i++)
        {
            bool[]? region = clean[i].Slice == 2 ? regionOfTwo : clean[i].Slice == 6 ? regionOfSix : null;
            for (int voxel = 0; voxel < Length; voxel++)
            {
                if (region is null || region[voxel])
                {
                    Assert.Equal(clean[i].Voxels.Span[voxel], poisoned[i].Voxels.Span[voxel]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ARegionIsPredictedFromTheVoxelsThatAreVisibleAtItsPlace(string name)
    {
        Volume volume = RandomVolume(9, 3);
        bool[] both = [.. Enumerable.Range(0, Length).Select(voxel => voxel < 10)];
        bool[] one = [.. Enumerable.Range(0, Length).Select(voxel => voxel < 20)];
        SliceMask mask = Masked(9, [], (4, one), (5, both));

        SlicePrediction prediction = Reconstruct(name, volume, mask, [4])[0];

        float[] withoutFive = SlowTwin(name, volume, [0, 1, 2, 3, 6, 7, 8], 4);
        float[] withFive = SlowTwin(name, volume, [0, 1, 2, 3, 5, 6, 7, 8], 4);
        VolumeAssert.Near(withoutFive.AsSpan(0, 10), prediction.Voxels.Span[..10], 1e-3f);
        VolumeAssert.Near(withFive.AsSpan(10, 10), prediction.Voxels.Span[10..20], 1e-3f);
    }

    [Fact]
    public void OnlyNearestReachesBeyondTheEnds()
    {
        var request = new ReconstructionRequest(RandomVolume(6, 1), Masked(6, [0, 5]), [0, 5], "CT");

        Assert.Equal(["nearest"], ClassicalMethods.All.Where(method => method.CanPredict(request, 0)).Select(method => method.Identity.Name));
        Assert.Equal(["nearest"], ClassicalMethods.All.Where(method => method.CanPredict(request, 5)).Select(method => method.Identity.Name));
    }

    [Theory]
    [InlineData("nearest", new[] { 3 })]
    [InlineData("linear", new[] { 3, 5 })]
    [InlineData("cubic", new[] { 2, 3, 5, 6 })]
    public void SourcesAreTheSlicesThatInfluenced(string name, int[] expected) =>
        Assert.Equal(expected, Reconstruct(name, RandomVolume(9, 1), Masked(9, [4]), [4])[0].SourceSlices);

    [Fact]
    public void TheSplineReachesOnlyAsFarAsAFloatCanTell()
    {
        SlicePrediction prediction = Reconstruct("spline", RandomVolume(101, 1), Masked(101, [50]), [50])[0];

        Assert.InRange(prediction.SourceSlices.Length, 20, 40);
        VolumeAssert.Near(
            SlowTwin("spline", RandomVolume(101, 1), [.. Enumerable.Range(0, 101).Where(slice => slice != 50)], 50), prediction.Voxels.Span, 1e-3f);
    }

    private static IReadOnlyList<SlicePrediction> Reconstruct(string name, Volume volume, SliceMask mask, ImmutableArray<int> targets) =>
        ClassicalMethods.All.Single(method => method.Identity.Name == name)
            .Reconstruct(new ReconstructionRequest(volume, mask, targets, "CT"), CancellationToken.None);

    // In double precision, voxel by voxel, over all weights.
    private static float[] SlowTwin(string name, Volume volume, int[] visible, int target)
    {
        double[] positions = [.. visible.Select(slice => volume.Geometry.SlicePositionsMm[slice])];
        double[] weights = InterpolationWeights.Of(InterpolationMethods.All.Single(method => method.Name == name), positions, volume.Geometry.SlicePositionsMm[target]);
        return [.. Enumerable.Range(0, Length).Select(voxel => (float)visible.Select((slice, i) => weights[i] * volume.Slice(slice)[voxel]).Sum())];
    }

    private static Volume RandomVolume(int slices, int seed, Func<int, int, float?>? poison = null)
    {
        var random = new Random(seed);
        float[][] voxels = [.. Enumerable.Range(0, slices).Select(_ => Enumerable.Range(0, Length).Select(_ => (float)random.Next(-1000, 2000)).ToArray())];
        for (int slice = 0; slice < slices; slice++)
        {
            for (int voxel = 0; voxel < Length; voxel++)
            {
                voxels[slice][voxel] = poison?.Invoke(slice, voxel) ?? voxels[slice][voxel];
            }
        }

        // A step that is half as wide between slices 5 and 6.
        double[] positions = [.. Enumerable.Range(0, slices).Select(slice => slice <= 5 ? 2.0 * slice : (2.0 * slice) - 1)];
        return new Volume(
            new VolumeGeometry
            {
                Rows = Rows,
                Columns = Columns,
                RowSpacingMm = 1,
                ColumnSpacingMm = 1,
                RowDirection = new Vector3(1, 0, 0),
                ColumnDirection = new Vector3(0, 1, 0),
                SliceOrigins = [.. positions.Select(position => new Vector3(0, 0, position))],
                SlicePositionsMm = [.. positions],
                SliceSpacingMm = 2,
            },
            voxels);
    }

    private static SliceMask Masked(int slices, int[] whole, params (int Slice, bool[] Region)[] partial)
    {
        var verdicts = new SliceVerdict[slices];
        Array.ForEach(whole, slice => verdicts[slice] = SliceVerdict.Missing);
        Array.ForEach(partial, pair => verdicts[pair.Slice] = SliceVerdict.Partial);
        return new SliceMask
        {
            Verdicts = [.. verdicts],
            Regions = partial.ToImmutableDictionary(pair => pair.Slice, pair => new RegionMask(pair.Region)),
            Decisions = [.. whole.Select(slice => new MaskedSlice(slice, SliceVerdict.Missing, ErrorCode.SlicesMissing, string.Empty))],
        };
    }
}
