using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Tests.Running;

public sealed class ValidationRunTests : IDisposable
{
    private static readonly string[] AllDrops = ["every:2", "run:2", "random:0.2", "ends:1", "region:block@6", "runs:1@2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("validation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void NothingOfHiddenSlicesReachesTheMethods()
    {
        foreach (string text in AllDrops)
        {
            DropSpec drop = DropSpec.Parse(text);
            BuiltVolume truth = SomeVolume.Of(14, 1);
            ImmutableDictionary<int, Core.Masking.RegionMask?> hidden = drop.Hide(truth.Volume, "v", 0).BySlice;
            BuiltVolume poisoned = SomeVolume.Of(14, 1, change: (slice, image) =>
                [.. image.Select((value, i) => hidden.TryGetValue(slice, out var region) && (region is null || region.Masked[i]) ? 1e30f : value)]);
            foreach (IVolumeReconstructor method in ClassicalMethods.All.Append(new RegistrationInterpolator()))
            {
                AssertSamePredictions(HiddenCase.Of(truth, "v", drop, 0), HiddenCase.Of(poisoned, "v", drop, 0), method);
            }
        }
    }

    [Fact]
    public void SummaryDoesNotDependOnParallelismShardsOrResumption()
    {
        byte[] whole = Summary("whole", settings => settings with { Parallelism = 1 });
        Assert.Equal(whole, Summary("again", settings => settings with { Parallelism = 4 }));

        for (int shard = 1; shard <= 4; shard++)
        {
            Run($"shard{shard}", settings => settings with { Shard = new Shard(shard, 4) });
        }

        SummaryFiles.Write(ValidationMerge.Combine([.. Enumerable.Range(1, 4).Reverse().Select(shard => Path.Combine(_folder, $"shard{shard}"))]), _folder);
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(_folder, SummaryFiles.SummaryName)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", SummaryFiles.SlicesName)), File.ReadAllBytes(Path.Combine(_folder, SummaryFiles.SlicesName)));
    }

    [Fact]
    public void KilledRunResumesToTheSameBytes()
    {
        byte[] whole = Summary("whole", settings => settings);
        byte[] results = File.ReadAllBytes(Path.Combine(_folder, "whole", "results.jsonl"));
        for (int cut = 0; cut < results.Length; cut += Math.Max(1, results.Length / 13))
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, $"cut{cut}")).FullName;
            File.WriteAllBytes(Path.Combine(folder, "results.jsonl"), results[..cut]);
            Assert.Equal(whole, Summary($"cut{cut}", settings => settings with { Resume = true }));
        }
    }

    [Fact]
    public void ResultsOfAnotherPlanAreKept()
    {
        Run("out", settings => settings);
        byte[] before = File.ReadAllBytes(Path.Combine(_folder, "out", "results.jsonl"));
        Assert.Equal(ErrorCode.OutputExists, Refusal("out", settings => settings));
        Assert.Equal(ErrorCode.OutputExists, Refusal("out", settings => settings with { Seed = 9, Resume = true }));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_folder, "out", "results.jsonl")));
    }

    [Fact]
    public void LackingShardIsNamed()
    {
        Run("shard1", settings => settings with { Shard = new Shard(1, 2) });
        var refused = Assert.Throws<InpaintException>(() => ValidationMerge.Combine([Path.Combine(_folder, "shard1")]));
        Assert.Equal(ErrorCode.UsageInvalid, refused.Code);
        Assert.Contains("volume1 every:2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InputThatCannotBeReadIsListedAndTheRestIsScored()
    {
        IValidationInput broken = new ValidationInput("broken", "", () => "", () => throw new InpaintException(ErrorCode.NiftiDataTruncated, "broken: cut."));
        ValidationSummary summary = ValidationRun.Run([.. Inputs(2), broken], Settings(), Path.Combine(_folder, "out")).Summary;
        Assert.Equal(new RefusedInput("broken", 1022, "broken: cut."), summary.Refused[0]);
        Assert.Equal(2, summary.Volumes.Length);
        Assert.Equal("volume1 runs:1@20", Assert.Single(ValidationRun.Run(
            Inputs(2), Settings() with { Drops = [DropSpec.Parse("run:1"), DropSpec.Parse("runs:1@20")] }, Path.Combine(_folder, "small")).Summary.Refused.Skip(1)).Name);
    }

    [Fact]
    public void NothingScoredIsAnError()
    {
        Assert.Equal(ErrorCode.NothingVisible, Refusal("out", settings => settings with { Drops = [DropSpec.Parse("index:0-13")] }));
    }

    [Fact]
    public void ScoresAreThoseOfTheStoredSlices()
    {
        ValidationResult result = ValidationRun.Run(Inputs(1), Settings(), Path.Combine(_folder, "out"));
        BuiltVolume truth = SomeVolume.Of(14, 0);
        SliceScore row = result.Slices.Single(row => row is { Drop: "run:2", Method: "linear", Slice: 6 });
        Assert.Equal(2, row.Gap);
        double squared = 0;
        for (int i = 0; i < row.Voxels; i++)
        {
            float linear = (truth.Volume.Slice(5)[i] * (2 / 3f)) + (truth.Volume.Slice(8)[i] * (1 / 3f));
            double error = Math.Round(linear) - truth.Volume.Slice(6)[i];
            squared += error * error;
        }

        // Sums in single precision may round the other way at a half.
        Assert.Equal(squared, row.SquaredError, squared * 1e-3);
        CaseSummary one = result.Summary.Cases.Single(one => one is { Drop: "run:2", Method: "linear" });
        Assert.Equal(2, one.Slices);
        double pooled = result.Slices.Where(row => row is { Drop: "run:2", Method: "linear" }).Average(row => row.SquaredError / row.Voxels);
        Assert.Equal(Math.Sqrt(pooled), one.Scores[MetricDefinitions.Rmse], 1e-9);
    }

    [Fact]
    public void EndsAreScoredOnlyForMethodsThatReachThem()
    {
        ValidationSummary summary = ValidationRun.Run(Inputs(1), Settings(), Path.Combine(_folder, "out")).Summary;
        Assert.Equal(2, summary.Cases.Single(one => one is { Drop: "ends:1", Method: "linear" }).NotPredicted);
        Assert.Equal(0, summary.Cases.Single(one => one is { Drop: "ends:1", Method: "nearest" }).NotPredicted);
        Assert.DoesNotContain(summary.Comparisons, row => row.Stratum.Name == "ends:1");
    }

    [Fact]
    public void GainOverBestIsTakenPerVolumeAndGap()
    {
        ValidationSummary summary = ValidationRun.Run(Inputs(3), Settings(), Path.Combine(_folder, "out")).Summary;
        Comparison row = summary.Comparisons.Single(row =>
            row is { Stratum.Name: "gap1", Method: "cubic", Baseline: "best", Metric: "psnr" });
        double[] gains = [.. summary.Volumes.Select(volume =>
        {
            // Pool the drops of gap 1 by their squared errors, as the definition says.
            double Psnr(string method)
            {
                var cases = summary.Cases.Where(one => one.Volume == volume.Name && one.Gap == 1 && one.Method == method && one.Voxels > 0 && one.Drop != "ends:1").ToList();
                double squared = cases.Sum(one => Math.Pow(one.Scores["rmse"], 2) * one.Voxels);
                return 10 * Math.Log10(Math.Pow(volume.RangeHigh - volume.RangeLow, 2) * cases.Sum(one => one.Voxels) / squared);
            }

            return Psnr("cubic") - new[] { "linear", "spline" }.Max(Psnr);
        })];
        Assert.True(row.MeanGain <= gains.Average() + 1e-9);
        Assert.Equal(3, row.Volumes);
        Assert.InRange(row.MeanGain, row.Low95, row.High95);
        Assert.Equal(summary.Volumes[Array.IndexOf(gains, gains.Min())].Name, row.WorstVolume);
    }

    [Fact]
    public void VolumeWithVoxelsWithoutValueIsRefused()
    {
        IValidationInput spoiled = new ValidationInput("nan", "", () => "", () => SomeVolume.Of(14, 0, change: (slice, image) =>
            slice == 3 ? [float.NaN, .. image[1..]] : image));
        ValidationSummary summary = ValidationRun.Run([.. Inputs(1), spoiled], Settings(), Path.Combine(_folder, "out")).Summary;
        Assert.Equal((int)ErrorCode.SliceNotFinite, Assert.Single(summary.Refused).Code);
    }

    [Fact]
    public void FlatVolumeHasErrorsButNoDecibels()
    {
        IValidationInput flat = new ValidationInput("flat", "", () => "", () => SomeVolume.Of(14, 0, change: (_, image) => new float[image.Length]));
        ValidationSummary summary = ValidationRun.Run([flat], Settings(), Path.Combine(_folder, "out")).Summary;
        CaseSummary one = summary.Cases.First(one => one.Method == "linear");
        Assert.Equal(0, one.Scores[MetricDefinitions.Mae]);
        Assert.DoesNotContain(MetricDefinitions.Psnr, one.Scores.Keys);
        Assert.DoesNotContain(MetricDefinitions.Ssim, one.Scores.Keys);
    }

    [Fact]
    public void MethodThatPredictsNoNumberIsNamed()
    {
        var refused = Assert.Throws<InpaintException>(() => ValidationRun.Run(
            Inputs(1), Settings() with { Methods = [new Speechless()] }, Path.Combine(_folder, "out"), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.PredictionNotFinite, refused.Code);
        Assert.Contains("speechless predicts NaN", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertSamePredictions(HiddenCase clean, HiddenCase poisoned, IVolumeReconstructor method)
    {
        foreach (HiddenRun run in clean.Runs)
        {
            IReadOnlyList<RebuiltSlice?> expected = clean.Rebuild(method, run.Targets, TestContext.Current.CancellationToken);
            IReadOnlyList<RebuiltSlice?> found = poisoned.Rebuild(method, run.Targets, TestContext.Current.CancellationToken);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected[i] is null, found[i] is null);
                if (expected[i] is { } slice)
                {
                    clean.Mask.Regions.TryGetValue(slice.Slice, out var region);
                    for (int voxel = 0; voxel < slice.Voxels.Length; voxel++)
                    {
                        Assert.True(region?.Masked[voxel] == false || slice.Voxels[voxel] == found[i]!.Voxels[voxel], $"{clean.Drop} {method.Identity.Name}");
                    }
                }
            }
        }
    }

    private static IReadOnlyList<IValidationInput> Inputs(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ValidationInput(
            $"volume{i}", "test", () => $"{i:x64}", () => SomeVolume.Of(14, i, spacingMm: 1 + i))),
    ];

    private static ValidationSettings Settings() => new()
    {
        Drops = [.. AllDrops.Select(DropSpec.Parse)],
        Methods = ClassicalMethods.All,
        Baselines = ["nearest", "linear", "cubic", "spline"],
        Seed = 1,
        BootstrapDraws = 200,
        Version = "1.2.3",
    };

    private void Run(string folder, Func<ValidationSettings, ValidationSettings> change) =>
        SummaryFiles.Write(ValidationRun.Run(Inputs(5), change(Settings()), Path.Combine(_folder, folder)), Path.Combine(_folder, folder));

    private byte[] Summary(string folder, Func<ValidationSettings, ValidationSettings> change)
    {
        Run(folder, change);
        return File.ReadAllBytes(Path.Combine(_folder, folder, SummaryFiles.SummaryName));
    }

    private ErrorCode Refusal(string folder, Func<ValidationSettings, ValidationSettings> change) =>
        Assert.Throws<InpaintException>(() => Run(folder, change)).Code;

    private sealed class Speechless : IVolumeReconstructor
    {
        public MethodIdentity Identity { get; } = new("speechless", "1");

        public bool CanPredict(ReconstructionRequest request, int slice) => true;

        public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken) =>
            [.. request.Targets.Select(target => new SlicePrediction(
                target, Enumerable.Repeat(float.NaN, request.Volume.Geometry.SliceLength).ToArray(), []))];
    }
}
