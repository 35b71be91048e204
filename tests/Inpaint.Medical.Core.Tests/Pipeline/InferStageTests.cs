using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Selection;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class InferStageTests
{
    [Theory]
    [InlineData("nearest")]
    [InlineData("Linear")]
    [InlineData("cubic")]
    [InlineData("spline")]
    public void GivenAMethodByHand_WhenInferred_ThenItIsUsed(string name)
    {
        Inference inference = Infer(Phantom.Series(14).Without(5, 6), new RunOptions(name));

        MethodChoice choice = Assert.Single(inference.Choices);
        Assert.Equal(name, choice.Method.Name, ignoreCase: true);
        Assert.Equal([5, 6], choice.Targets);
        Assert.Equal([5, 6], inference.Predictions.Select(prediction => prediction.Slice));
    }

    [Fact]
    public void GivenAnUnknownMethod_WhenInferred_ThenMethodUnknownNamesThemAll() =>
        Assert.Contains("auto, nearest, linear, cubic, spline", VolumeAssert.Refuses(ErrorCode.MethodUnknown, () => Infer(Phantom.Series().Without(5), new RunOptions("magic"))).Message, StringComparison.Ordinal);

    [Fact]
    public void GivenAuto_WhenInferred_ThenTheMethodWithTheLeastLeftOutErrorIsUsedAndTheEvidenceKept()
    {
        Inference inference = Infer(Phantom.Series(20).Without(9), Some.Options);

        MethodChoice choice = Assert.Single(inference.Choices);
        Assert.Equal(4, choice.Evidence.Length);
        Assert.Equal(choice.Evidence.MinBy(evidence => evidence.MeanSquaredError)!.Method, choice.Method.Name);
        Assert.Equal([4, 5, 6, 12, 13, 14], choice.Evidence[0].LeftOutSlices);
        Assert.Contains("best (RMSE", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenAuto_WhenTheGapIsLonger_ThenSlicesAreLeftOutInItsPattern()
    {
        Inference inference = Infer(Phantom.Series(24).Without(10, 11), Some.Options);

        Assert.Equal([4, 5, 6, 7, 14, 15, 16, 17], Assert.Single(inference.Choices).Evidence[1].LeftOutSlices);
    }

    [Fact]
    public void GivenAuto_WhenTwoGaps_ThenEachHasItsOwnChoice() =>
        Assert.Equal([[6], [15, 16]], Infer(Phantom.Series(24).Without(6, 15, 16), Some.Options).Choices.Select(choice => choice.Targets.ToArray()));

    [Fact]
    public void GivenAuto_WhenTooFewSlicesToCompareOn_ThenLinear()
    {
        MethodChoice choice = Assert.Single(Infer(Phantom.Series(4).Without(2), Some.Options).Choices);

        Assert.Equal("linear", choice.Method.Name);
        Assert.Empty(choice.Evidence);
    }

    [Fact]
    public void GivenEverySecondSliceMissing_WhenAuto_ThenSingleVisibleSlicesAreLeftOut()
    {
        int[] missing = [.. Enumerable.Range(0, 10).Select(k => (2 * k) + 1)];
        var learned = new Learned((truth, _) => truth + 0.01f);

        BuiltVolume built = Some.Built(Phantom.Series(21));
        SliceMask mask = MaskStage.Run(built, Some.ProtocolThat(fill => fill with { LargestMaskedFraction = 0.6 }), new RunOptions(SlicesByHand: [.. missing]));

        Inference inference = InferStage.Run(built, mask, Some.Protocol, Some.Options, [.. Some.Methods, learned], CancellationToken.None);

        Assert.Equal(10, inference.Choices.Length);
        Assert.Equal([4, 6, 8, 10, 12, 14], inference.Choices[4].Evidence[0].LeftOutSlices);
        Assert.All(inference.Choices, choice => Assert.Equal("transformer", choice.Method.Name));
        Assert.Equal([4, 6, 8, 10, 12, 14, 16], learned.Asked.Where(slice => !missing.Contains(slice)).Order());   // once each, though neighbouring gaps look at the same
    }

    [Fact]
    public void GivenAutoAsAMethod_WhenReconstructed_ThenTheVoxelsOfTheStage()
    {
        BuiltVolume built = Some.Built(Phantom.Series(24).Without(6, 15, 16));
        SliceMask mask = MaskStage.Run(built, Some.Protocol, Some.Options);
        IVolumeReconstructor[] methods = [.. Some.Methods, new Learned((truth, _) => truth + 0.01f)];
        var auto = new AutoReconstructor(methods);

        Inference inference = InferStage.Run(built, mask, Some.Protocol, Some.Options, methods, CancellationToken.None);
        IReadOnlyList<SlicePrediction> predictions = auto.Reconstruct(new ReconstructionRequest(built.Volume, mask, [6, 16], built.Modality), CancellationToken.None);

        Assert.Equal([6, 16], predictions.Select(prediction => prediction.Slice));
        Assert.All(predictions, prediction => Assert.Equal(
            inference.Predictions.Single(other => other.Slice == prediction.Slice).Voxels.ToArray(), prediction.Voxels.ToArray()));
    }

    [Fact]
    public void GivenAnEndToFill_WhenInferred_ThenOnlyNearestReachesIt()
    {
        MemorySource source = Phantom.Series(8).Spoiled(7, ErrorCode.SliceTruncated);

        Inference inference = Infer(source, new RunOptions("cubic"), Some.ProtocolThat(fill => fill with { Ends = EndPolicy.Fill }));

        Assert.Equal("nearest", Assert.Single(inference.Choices).Method.Name);
        VolumeAssert.Single(ErrorCode.MethodFellBack, inference.Findings);
    }

    [Fact]
    public void GivenALearnedMethodThatWinsSurely_WhenAuto_ThenItIsUsed()
    {
        Inference inference = Infer(Phantom.Series(20).Without(9), Some.Options, null, new Learned((truth, _) => truth + 0.01f));

        MethodChoice choice = Assert.Single(inference.Choices);
        Assert.Equal("transformer", choice.Method.Name);
        Assert.Contains("with 90 % confidence", choice.Reason, StringComparison.Ordinal);
        Assert.Equal(5, choice.Evidence.Length);
    }

    [Fact]
    public void GivenALearnedMethodThatLoses_WhenAuto_ThenTheBestClassicalIsUsedAndTheReasonSaysSo()
    {
        MethodChoice choice = Assert.Single(Infer(Phantom.Series(20).Without(9), Some.Options, null, new Learned((truth, _) => truth + 500)).Choices);

        Assert.False(choice.Method.IsLearned);
        Assert.Contains("transformer gained -", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenALearnedMethodThatGivesNaNs_WhenAuto_ThenTheBestClassicalIsUsed() =>
        Assert.False(Assert.Single(Infer(Phantom.Series(20).Without(9), Some.Options, null, new Learned((_, _) => float.NaN)).Choices).Method.IsLearned);

    [Fact]
    public void GivenALearnedMethodThatRefuses_WhenAuto_ThenTheBestClassicalIsUsedWithAFinding()
    {
        Inference inference = Infer(Phantom.Series(20).Without(9), Some.Options, null, new Learned((_, _) => throw new InpaintException(ErrorCode.ModelOutsideTraining, "Not for CT.")));

        Assert.False(Assert.Single(inference.Choices).Method.IsLearned);
        VolumeAssert.Single(ErrorCode.ModelOutsideTraining, inference.Findings);
    }

    [Fact]
    public void GivenANotFinitePrediction_WhenTheMethodWasGiven_ThenClassicalFallbackAndFinding()
    {
        Inference inference = Infer(Phantom.Series(20).Without(9), new RunOptions("transformer"), null, new Learned((_, voxel) => voxel == 77 ? float.NaN : 0));

        Assert.False(Assert.Single(inference.Choices).Method.IsLearned);
        VolumeAssert.Single(ErrorCode.PredictionNotFinite, inference.Findings);
        Assert.All(inference.Predictions[0].Voxels.ToArray(), voxel => Assert.True(float.IsFinite(voxel)));
    }

    [Fact]
    public void GivenAPartialSlice_WhenAuto_ThenTheRegionIsLeftOutInOtherSlices()
    {
        BuiltVolume built = Some.Built(Phantom.Series(20));
        bool[] region = [.. Enumerable.Range(0, 1024).Select(voxel => voxel is >= 500 and < 540)];
        SliceMask mask = MaskStage.Run(built, Some.Protocol, new RunOptions(RegionsByHand: ImmutableDictionary<int, RegionMask>.Empty.Add(9, new RegionMask(region))));

        Inference inference = InferStage.Run(built, mask, Some.Protocol, Some.Options, Some.Methods, CancellationToken.None);

        Assert.Equal([4, 5, 6, 12, 13, 14], Assert.Single(inference.Choices).Evidence[0].LeftOutSlices);
    }

    [Fact]
    public void GivenTheSameInput_WhenInferredTwice_ThenTheSameChoice()
    {
        var learned = new Learned((truth, voxel) => truth + (voxel % 13));

        Assert.Equal(
            Infer(Phantom.Series(20).Without(9), Some.Options, null, learned).Choices[0].Reason,
            Infer(Phantom.Series(20).Without(9), Some.Options, null, learned).Choices[0].Reason);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("linear")]
    [InlineData("spline")]
    public void GivenVoxelsThatAreNotFiniteBesideTheGap_WhenInferred_ThenTheNextSlicesAreLookedAtThere(string method)
    {
        BuiltVolume built = Some.Built(Phantom.Series(12).Without(5));
        float[]?[] voxels = [.. Enumerable.Range(0, 12).Select(slice => slice == 5 ? null : built.Volume.Slice(slice).ToArray())];
        voxels[4]![100] = float.NaN;
        voxels[6]![101] = float.NegativeInfinity;
        built = built with { Volume = new Volume(built.Volume.Geometry, voxels), Format = new PixelFormat(SampleType.Float32, 32, 31) };
        SliceMask mask = new() { Verdicts = [.. Enumerable.Range(0, 12).Select(slice => slice == 5 ? SliceVerdict.Missing : SliceVerdict.Intact)], Decisions = [] };

        Inference inference = InferStage.Run(built, mask, Some.Protocol, new RunOptions(method), Some.Methods, CancellationToken.None);

        Assert.Equal(5, Assert.Single(inference.Predictions).Slice);
        Assert.All(inference.Predictions[0].Voxels.ToArray(), voxel => Assert.True(float.IsFinite(voxel)));
        Assert.All(inference.Choices[0].Evidence, evidence => Assert.True(double.IsFinite(evidence.MeanSquaredError)));
        if (method == "linear")
        {
            Assert.Equal((voxels[3]![100] * 1 / 3) + (voxels[6]![100] * 2 / 3), inference.Predictions[0].Voxels.Span[100], 0.01f);
        }
    }

    private static Inference Infer(MemorySource source, RunOptions options, Protocol? protocol = null, params IVolumeReconstructor[] more)
    {
        protocol ??= Some.Protocol;
        BuiltVolume built = Some.Built(source);
        SliceMask mask = MaskStage.Run(built, protocol, options);
        return InferStage.Run(built, mask, protocol, options, [.. Some.Methods, .. more], CancellationToken.None);
    }

    /// <summary>Stands for a model: makes each voxel from the true one, which it looks up in the phantom.</summary>
    private sealed class Learned(Func<float, int, float> voxelFrom) : IVolumeReconstructor
    {
        public MethodIdentity Identity { get; } = new("transformer", "1", new string('0', 64));

        /// <summary>Targets of all calls that hold data, one by one.</summary>
        public List<int> Asked { get; } = [];

        public bool CanPredict(ReconstructionRequest request, int slice) => true;

        public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken)
        {
            Asked.AddRange(request.Targets.Where(request.Volume.IsPresent));
            return [.. request.Targets.Select(slice => new SlicePrediction(slice, Voxels(request.Volume.Geometry, slice), []))];
        }

        private float[] Voxels(VolumeGeometry geometry, int slice)
        {
            int edge = geometry.Rows;
            return
            [
                .. Enumerable.Range(0, edge * edge).Select(voxel =>
                {
                    double x = ((2 * (voxel % edge)) + 1 - edge) / (double)edge, y = ((2 * (voxel / edge)) + 1 - edge) / (double)edge;
                    return voxelFrom(Phantom.Stored(x, y, geometry.SlicePositionsMm[slice] + 40) - 1024, voxel);
                }),
            ];
        }
    }
}
