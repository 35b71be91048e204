using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class WriteStageTests
{
    [Fact]
    public void GivenAGap_WhenWrittenComplete_ThenAllSlicesAreNumberedAlongTheStack()
    {
        DerivedSeries derived = Write(Phantom.Series(10).Without(4));

        Assert.Equal(Enumerable.Range(1, 10), derived.Slices.Select(slice => slice.InstanceNumber));
        Assert.Equal(11, derived.Slices.Select(slice => slice.SopInstanceUid).Append(derived.SeriesInstanceUid).Distinct().Count());
        DerivedSlice synthetic = derived.Slices[4];
        Assert.Equal(SliceKind.Synthetic, synthetic.Kind);
        Assert.Equal(new Vector3(-100, -100, -30), synthetic.Origin);
        Assert.Equal("IMG0004.dcm", synthetic.Reference.Source);
        Assert.Equal(["IMG0004.dcm", "IMG0006.dcm"], synthetic.Sources.Select(source => source.Source));
        Assert.All(derived.Slices.Where(slice => slice.Kind == SliceKind.Copy), copy => Assert.Same(copy.Reference, Assert.Single(copy.Sources)));
    }

    [Fact]
    public void GivenNumbersThatFallAlongTheStack_WhenWritten_ThenTheyFallAgain() =>
        Assert.Equal([10, 9, 8], Write(Phantom.Series(10).With((i, header) => header with { InstanceNumber = 30 - i }).Without(4)).Slices.Take(3).Select(slice => slice.InstanceNumber));

    [Fact]
    public void GivenSparse_WhenWritten_ThenOnlyRebuiltSlices()
    {
        DerivedSeries derived = Write(Phantom.Series(14).Without(4, 8), OutputMode.Sparse);

        Assert.Equal([4, 8], derived.Slices.Select(slice => slice.Slice));
        Assert.Equal([1, 2], derived.Slices.Select(slice => slice.InstanceNumber));
    }

    [Fact]
    public void GivenTheSameInput_WhenWrittenTwiceInAnyFileOrder_ThenTheSameUids() => Assert.Equal(
        Write(Phantom.Series(10).Without(4)).Slices.Select(slice => slice.SopInstanceUid),
        Write(Phantom.Series(10).Without(4).Shuffled(3)).Slices.Select(slice => slice.SopInstanceUid));

    [Fact]
    public void GivenAnotherMethodModePixelOrRun_WhenWritten_ThenAnotherSeries()
    {
        MemorySource changed = Phantom.Series(10).Without(4);
        changed.Pixels(2)[7] ^= 1;
        string[] uids =
        [
            Write(Phantom.Series(10).Without(4)).SeriesInstanceUid,
            Write(Phantom.Series(10).Without(4), OutputMode.Sparse).SeriesInstanceUid,
            Write(Phantom.Series(10).Without(4), method: "cubic").SeriesInstanceUid,
            Write(changed).SeriesInstanceUid,
            Write(Phantom.Series(10).Without(4), runId: "run of another version").SeriesInstanceUid,
        ];

        Assert.Equal(uids.Length, uids.Distinct().Count());
    }

    [Fact]
    public void GivenRebuiltSlices_WhenCompared_ThenTheyComeCloseToTheTruth()
    {
        MemorySource truth = Phantom.Series(24, edge: 64, spacingMm: 2);
        DerivedSeries derived = Write(Phantom.Series(24, edge: 64, spacingMm: 2).Without(11), method: "auto");

        double squares = 0;
        for (int voxel = 0; voxel < 64 * 64; voxel++)
        {
            squares += Math.Pow(StoredSamples.Read(derived.Slices[11].Samples.Span, voxel, derived.Format) - StoredSamples.Read(truth.Pixels(11), voxel, derived.Format), 2);
        }

        Assert.InRange(Math.Sqrt(squares / (64 * 64)), 0, 10);
    }

    private static DerivedSeries Write(MemorySource source, OutputMode mode = OutputMode.Complete, string method = "linear", string runId = "run")
    {
        var options = new RunOptions(method);
        ImageSeries series = source.AsSeries();
        BuiltVolume built = BuildVolumeStage.Run(series, source, CancellationToken.None);
        SliceMask mask = MaskStage.Run(built, Some.Protocol, options);
        Inference inference = InferStage.Run(built, mask, Some.Protocol, options, Some.Methods, CancellationToken.None);
        Composite composite = CompositeStage.Run(built, mask, inference);
        return WriteStage.Run(series, built, mask, composite, Some.Protocol, mode, runId, Some.Uids);
    }
}
