using System.Collections.Immutable;
using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using TorchSharp;
using Xunit;

namespace Inpaint.Medical.Torch.Tests;

[Collection(TorchCollection.Name)]
public sealed class TransformerReconstructorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("inpaint-model-").FullName;
    private readonly ModelFolder _model;

    public TransformerReconstructorTests()
    {
        using MaskedVolumeTransformer network = Small.Network();
        string weights = Path.Combine(_folder, ModelFolder.WeightsFile);
        Safetensors.Write(weights, network.named_parameters().Select(p => (p.name, (torch.Tensor)p.parameter)), new Dictionary<string, string>());
        var manifest = new ModelManifest
        {
            Name = "small", Version = "1", Settings = Small.Settings, Modalities = ["CT", "MR"], SmallestSpacingMm = 0.3, LargestSpacingMm = 12, LongestGap = 6,
            WeightsSha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(weights))),
            SigmaScale = ImmutableSortedDictionary<string, double>.Empty.Add("1", 2), Training = "none",
        };
        File.WriteAllText(Path.Combine(_folder, ModelFolder.ManifestFile), manifest.ToJson());
        _model = ModelFolder.Open(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TransformerReconstructor Method(InferenceOptions? options = null) => new(_model, options ?? new InferenceOptions("cpu"));

    [Theory]
    [InlineData(new[] { 5 })]                           // one
    [InlineData(new[] { 4, 5, 6 })]                     // a run
    [InlineData(new[] { 1, 3, 5, 7, 9 })]               // every second
    [InlineData(new[] { 2, 6, 7, 10 })]                 // several gaps
    [InlineData(new[] { 0, 1 })]                        // an end
    [InlineData(new[] { 11 })]                          // the other end
    [InlineData(new[] { 1, 2, 3, 4, 5, 7, 8, 9 })]      // most of all
    public void EveryMaskIsFilledWithFiniteVoxelsAndHiddenOnesDoNotMatter(int[] hidden)
    {
        float[] clean = Predict(Request(hidden, poison: 0)), poisoned = Predict(Request(hidden, poison: 1e9f)), missing = Predict(Request(hidden, poison: null));
        Assert.All(clean, voxel => Assert.True(float.IsFinite(voxel)));
        Assert.Equal(clean, poisoned);
        Assert.Equal(clean, missing);
    }

    [Fact]
    public void TheSameRequestGivesTheSameVoxels() => Assert.Equal(Predict(Request([4, 5], 0)), Predict(Request([4, 5], 0)));

    [Theory]
    [InlineData(37, 53)]
    [InlineData(8, 8)]
    [InlineData(400, 360)]
    public void AnySizeIsTiledWithoutSeams(int rows, int columns)
    {
        SlicePrediction prediction = Method().Reconstruct(Request([3], 0, slices: 7, rows: rows, columns: columns), CancellationToken.None)[0];
        Assert.Equal(rows * columns, prediction.Voxels.Length);
        Assert.All(prediction.Voxels.ToArray(), voxel => Assert.InRange(voxel, -1000, 4000));
    }

    [Fact]
    public void TileWeightsAreSmoothAndNowhereZero()
    {
        var tiles = new TileGrid(700, 300);
        for (int row = 0; row < 700; row += 7)
        {
            for (int column = 0; column < 300; column += 11)
            {
                float sum = tiles.Origins.Where(o => row >= o.Top && row < o.Top + tiles.Rows && column >= o.Left && column < o.Left + tiles.Columns)
                    .Sum(o => tiles.Weight(o.Top, o.Left, row, column));
                Assert.True(sum > 0, $"{row} {column}");
            }
        }
    }

    [Fact]
    public void ARegionSeesTheRestOfItsSliceAndNothingElseOfIt()
    {
        bool[] region = new bool[32 * 40];
        for (int row = 8; row < 20; row++) region.AsSpan((row * 40) + 10, 12).Fill(true);
        float[] clean = Predict(Region(region, 0)), poisoned = Predict(Region(region, 5e8f));
        for (int i = 0; i < region.Length; i++)
        {
            if (region[i]) Assert.Equal(clean[i], poisoned[i]);
        }
    }

    [Fact]
    public void ASingleImageIsFilledFromItsOwnSurroundings()
    {
        bool[] region = new bool[32 * 40];
        for (int row = 10; row < 20; row++) region.AsSpan((row * 40) + 10, 10).Fill(true);
        float[] image = [.. Enumerable.Range(0, 32 * 40).Select(i => region[i] ? float.NaN : 100f + (i % 40))];
        ReconstructionRequest request = new(new Volume(Geometry(1, 32, 40), [image]), new SliceMask
        {
            Verdicts = [SliceVerdict.Partial], Decisions = [], Regions = ImmutableDictionary<int, RegionMask>.Empty.Add(0, new RegionMask(region)),
        }, [0], "MR");
        Assert.True(Method().CanPredict(request, 0));
        float[] filled = Predict(request);
        for (int i = 0; i < region.Length; i++)
        {
            if (region[i]) Assert.InRange(filled[i], 100 + (i % 40) - 8, 100 + (i % 40) + 8);
        }
    }

    [Fact]
    public void ConstantVolumesStayConstant()
    {
        var slices = Enumerable.Range(0, 8).Select(_ => Enumerable.Repeat(42f, 32 * 40).ToArray()).ToArray();
        var request = new ReconstructionRequest(new Volume(Geometry(8, 32, 40), slices), Mask(8, [3]), [3], "CT");
        Assert.All(Predict(request), voxel => Assert.InRange(voxel, 41.9, 42.1));
    }

    [Fact]
    public void VisibleSlicesThatAreNotFiniteAreNotLookedAt()
    {
        ReconstructionRequest request = Request([5], 0);
        float[][] slices = [.. Enumerable.Range(0, 12).Select(s => request.Volume.Slice(s).ToArray())];
        slices[4][7] = float.NaN;
        slices[8][0] = float.PositiveInfinity;
        SlicePrediction prediction = Method().Reconstruct(request with { Volume = new Volume(request.Volume.Geometry, slices) }, CancellationToken.None)[0];
        Assert.All(prediction.Voxels.ToArray(), voxel => Assert.True(float.IsFinite(voxel)));
        Assert.DoesNotContain(4, prediction.SourceSlices);
        Assert.DoesNotContain(8, prediction.SourceSlices);
    }

    [Fact]
    public void OneVisibleSliceIsEnoughAndNoneIsNot()
    {
        Assert.All(Predict(Request([0, 2, 3], 0, slices: 4)), voxel => Assert.True(float.IsFinite(voxel)));
        ReconstructionRequest nothing = Request([0, 1, 2, 3], 0, slices: 4);
        Assert.False(Method().CanPredict(nothing, 1));
        float[]?[] none = new float[4][];
        Assert.Equal(ErrorCode.NothingVisible, Assert.Throws<InpaintException>(() =>
            Method().Reconstruct(nothing with { Volume = new Volume(nothing.Volume.Geometry, none) }, CancellationToken.None)).Code);
    }

    [Fact]
    public void WhatTheModelWasNotTrainedOnIsDenied()
    {
        ReconstructionRequest request = Request([5], 0);
        Assert.True(Method().CanPredict(request, 5));
        Assert.False(Method().CanPredict(request with { Modality = "US" }, 5));
        Assert.False(Method().CanPredict(Request([.. Enumerable.Range(2, 8)], 0), 5));
        Assert.False(Method().CanPredict(request with { Volume = new Volume(request.Volume.Geometry with { SliceSpacingMm = -1 }, [.. Enumerable.Range(0, 12).Select(s => request.Volume.Slice(s).ToArray())]) }, 5));
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("tpu")]
    public void ADeviceThatDoesNotExistIsNamed(string device)
    {
        Assert.SkipWhen(device == "cuda" && torch.cuda.is_available(), "There is a CUDA device.");
        InpaintException e = Assert.Throws<InpaintException>(() => Method(new InferenceOptions(device)).Reconstruct(Request([5], 0), CancellationToken.None));
        Assert.Equal(ErrorCode.DeviceUnavailable, e.Code);
        Assert.Contains(device, e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void CancellationEndsTheWork()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => Method().Reconstruct(Request([5], 0), stop.Token));
    }

    [Fact]
    public void SigmaIsGivenOnlyWhereItIsAskedForAndIsPositive()
    {
        Assert.Null(Method().Reconstruct(Request([5], 0), CancellationToken.None)[0].Sigma);
        Assert.All(Sigma(Method(), Request([5], 0)), sigma => Assert.True(sigma > 0 && float.IsFinite(sigma)));
    }

    [Fact]
    public void VisibleSlicesOfTheSeriesCorrectTheScaleOfItsSigma()
    {
        ReconstructionRequest request = Noisy(Request([5], 0, slices: 16));
        float[] right = Sigma(new TransformerReconstructor(Scaled(1), new InferenceOptions("cpu")), request);
        float[] wrong = Sigma(new TransformerReconstructor(Scaled(1.4), new InferenceOptions("cpu")), request);
        Assert.All(right.Zip(wrong), pair => Assert.Equal(1, pair.Second / pair.First, 1e-3));
    }

    [Fact]
    public void HiddenVoxelsDoNotReachSigma() =>
        Assert.Equal(Sigma(Method(), Request([5], 0, slices: 16)), Sigma(Method(), Request([5], 7e4f, slices: 16)));

    [Fact]
    public void SigmaOfASeriesWithTooFewSlicesKeepsTheScaleOfTheModel()
    {
        ReconstructionRequest request = Request([2], 0, slices: 5);
        float[] one = Sigma(new TransformerReconstructor(Scaled(1), new InferenceOptions("cpu")), request);
        float[] larger = Sigma(new TransformerReconstructor(Scaled(1.4), new InferenceOptions("cpu")), request);
        Assert.All(one.Zip(larger), pair => Assert.Equal(1.4, pair.Second / pair.First, 1e-3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TamperedWeightsAreRefusedByName(bool truncated)
    {
        string path = Path.Combine(_folder, ModelFolder.WeightsFile);
        byte[] bytes = File.ReadAllBytes(path);
        if (truncated) bytes = bytes[..^4];
        else bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("SHA-256", Assert.Throws<ModelFileException>(_model.Verify).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.ModelRefused, Assert.Throws<InpaintException>(() => Method().Reconstruct(Request([5], 0), CancellationToken.None)).Code);
    }

    [Fact]
    public void AdaptationIsDeterministicAndKeptOnlyWhereItHelps()
    {
        ReconstructionRequest request = Request([5], 0, slices: 14);
        (TransformerReconstructor first, Adaptation report) = new SeriesAdaptation(seconds: 2, seed: 3).Run(Method(), request, CancellationToken.None);
        (TransformerReconstructor second, Adaptation again) = new SeriesAdaptation(seconds: 2, seed: 3).Run(Method(), request, CancellationToken.None);
        Assert.Equivalent(report, again, strict: true);
        Assert.Equal(report.IsKept, report.ErrorAfter < report.ErrorBefore);
        Assert.Empty(report.LearnedFrom.Intersect(report.JudgedBy));
        Assert.DoesNotContain(5, report.LearnedFrom.Concat(report.JudgedBy));
        Assert.Equal(
            first.Reconstruct(request, CancellationToken.None)[0].Voxels.ToArray(),
            second.Reconstruct(request, CancellationToken.None)[0].Voxels.ToArray());
    }

    /// <summary>Single visible slices among these lie in wider gaps: what is learned there would be wrong here.</summary>
    [Fact]
    public void GivenEverySecondSliceMissing_WhenAdapting_ThenItIsRefused()
    {
        ReconstructionRequest request = Request([1, 3, 5, 7, 9, 11, 13, 15, 17, 19], 0, slices: 21);
        InpaintException refusal = Assert.Throws<InpaintException>(() => new SeriesAdaptation(seconds: 1, seed: 3).Run(Method(), request, CancellationToken.None));
        Assert.Equal(ErrorCode.TooFewSlices, refusal.Code);
        Assert.Contains("hidden as the missing ones are", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenGapsOfSeveralLengths_WhenAdapting_ThenSlicesAreHiddenInEach()
    {
        ReconstructionRequest request = Request([8, 20, 21, 22], 0, slices: 44);
        (_, Adaptation report) = new SeriesAdaptation(seconds: 1, seed: 3).Run(Method(), request, CancellationToken.None);
        int[] inBoth = [.. report.JudgedBy.GroupBy(slice => slice).Where(group => group.Count() == 2).Select(group => group.Key)];
        Assert.NotEmpty(inBoth);
        Assert.Empty(report.LearnedFrom.Intersect(report.JudgedBy));
    }

    private static float[] Sigma(TransformerReconstructor method, ReconstructionRequest request) =>
        method.Reconstruct(request with { WithSigma = true }, CancellationToken.None)[0].Sigma!.Value.ToArray();

    private ModelFolder Scaled(double factor) => _model with
    {
        Manifest = _model.Manifest with { SigmaScale = ImmutableSortedDictionary<string, double>.Empty.Add("1", factor).Add("2", factor).Add("3", factor) },
    };

    private float[] Predict(ReconstructionRequest request) =>
        [.. Method().Reconstruct(request, CancellationToken.None).SelectMany(prediction => prediction.Voxels.ToArray())];

    /// <summary>A tilted edge; hidden slices hold <paramref name="poison"/>, or nothing at all.</summary>
    private static ReconstructionRequest Request(int[] hidden, float? poison, int slices = 12, int rows = 32, int columns = 40)
    {
        float[]?[] voxels = [.. Enumerable.Range(0, slices).Select(s =>
            hidden.Contains(s) ? (poison is null ? null : [.. Enumerable.Repeat(poison.Value, rows * columns)])
            : Enumerable.Range(0, rows * columns).Select(i => (float)(500 + (400 * Math.Tanh(((i % columns) - 12 - s) / 3.0)) + ((i / columns) % 5))).ToArray())];
        return new ReconstructionRequest(new Volume(Geometry(slices, rows, columns), voxels), Mask(slices, hidden), [.. hidden], "CT");
    }

    private static ReconstructionRequest Noisy(ReconstructionRequest request)
    {
        var random = new Random(1);
        return request with
        {
            Volume = new Volume(request.Volume.Geometry, [.. Enumerable.Range(0, request.Volume.SliceCount)
                .Select(s => request.Volume.Slice(s).ToArray().Select(value => value + (200 * random.NextSingle())).ToArray())]),
        };
    }

    private static ReconstructionRequest Region(bool[] region, float poison)
    {
        ReconstructionRequest request = Request([], 0);
        float[][] slices = [.. Enumerable.Range(0, 12).Select(s => request.Volume.Slice(s).ToArray())];
        for (int i = 0; i < region.Length; i++)
        {
            if (region[i]) slices[6][i] += poison;
        }

        SliceMask mask = Mask(12, []);
        return new ReconstructionRequest(new Volume(request.Volume.Geometry, slices), mask with
        {
            Verdicts = mask.Verdicts.SetItem(6, SliceVerdict.Partial), Regions = mask.Regions.Add(6, new RegionMask(region)),
        }, [6], "MR");
    }

    private static SliceMask Mask(int slices, int[] hidden) => new()
    {
        Verdicts = [.. Enumerable.Range(0, slices).Select(s => hidden.Contains(s) ? SliceVerdict.Corrupted : SliceVerdict.Intact)],
        Decisions = [],
    };

    private static VolumeGeometry Geometry(int slices, int rows, int columns) => new()
    {
        Rows = rows, Columns = columns, RowSpacingMm = 0.8, ColumnSpacingMm = 0.8, RowDirection = new Vector3(1, 0, 0), ColumnDirection = new Vector3(0, 1, 0),
        SliceOrigins = [.. Enumerable.Range(0, slices).Select(s => new Vector3(0, 0, 2.5 * s))], SlicePositionsMm = [.. Enumerable.Range(0, slices).Select(s => 2.5 * s)], SliceSpacingMm = 2.5,
    };
}
