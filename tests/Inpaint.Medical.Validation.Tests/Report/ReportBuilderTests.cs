using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Report;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Tests.Report;

/// <summary>The page shows what the summary holds, and slices as the methods rebuild them.</summary>
public sealed class ReportBuilderTests : IDisposable
{
    private static readonly IVolumeReconstructor[] Methods = [.. ClassicalMethods.All, new RegistrationInterpolator()];

    private readonly string _folder = Directory.CreateTempSubdirectory("report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void PageShowsTheSummary()
    {
        IValidationInput[] inputs = [.. Enumerable.Range(0, 3).Select(i => new ValidationInput($"v{i}", "", () => $"{i:x64}", () => SomeVolume.Of(14, i)))];
        ValidationResult result = Run(inputs);
        ReportModel model = ReportBuilder.Build(result, Rebuilt(result, inputs));

        Comparison gain = result.Summary.Comparisons.Single(row => row is { Stratum.Name: "gap1", Method: "cubic", Baseline: "best", Metric: "psnr" });
        ResultRow shown = model.Results.Single(row => row is { Stratum: "gap1", Method: "cubic" });
        Assert.Equal(gain.MeanGain, shown.GainOverBest!.Mean);
        Assert.Equal(result.Slices.Count(row => row is { Gap: 1, Method: "cubic", IsPredicted: true }), shown.Slices);
        Assert.Equal(gain.MeanGain, model.Gains.Where(point => point is { Stratum: "gap1", Method: "cubic" }).Average(point => point.GainDb), 1e-9);
        Assert.Contains("on 3 volumes", model.Verdict, StringComparison.Ordinal);

        string page = SomeReport.Page(model);
        Assert.Contains("copied slices included", page, StringComparison.Ordinal);
        Assert.Contains(result.Summary.Provenance.PlanSha256, page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void PicturesAreOfTheRebuiltSlices()
    {
        BuiltVolume truth = SomeVolume.Of(14, 1);
        IValidationInput[] inputs = [new ValidationInput("v", "", () => "", () => truth)];
        ValidationResult result = Run(inputs);
        VolumeReport volume = Assert.Single(ReportBuilder.Build(result, Rebuilt(result, inputs)).Volumes);
        Assert.Equal(["worst", "median", "best"], volume.Slices.Select(view => view.Rank));
        Assert.True(volume.Slices[0].PsnrDb < volume.Slices[2].PsnrDb);

        SliceView worst = volume.Slices[0];
        float[] slice = truth.Volume.Slice(worst.Slice).ToArray();
        Assert.Equal(Array.IndexOf(slice, slice.Max()), Array.IndexOf(worst.Truth.Pixels, (byte)255));
        Assert.NotEqual(worst.Truth.Pixels, worst.Rebuilt.Pixels);
        Assert.Equal(["coronal", "sagittal"], volume.Reformats.Select(view => view.Plane));
        Assert.All(volume.Reformats, view => Assert.Equal(14, view.Truth.Rows));

        // The first row of a cut is the last slice, which is visible; hidden slices are black where the volume is damaged.
        ReformatView cut = volume.Reformats[0];
        Assert.Equal(cut.Truth.Pixels[..cut.Truth.Columns], cut.Damaged.Pixels[..cut.Truth.Columns]);
        int row = 13 - worst.Slice;
        Assert.All(cut.Damaged.Pixels[(row * cut.Truth.Columns)..((row + 1) * cut.Truth.Columns)], pixel => Assert.Equal(0, pixel));
    }

    [Fact]
    public void ThePageStandsWithoutTheInputs()
    {
        ValidationResult result = Run([new ValidationInput("v", "", () => "", () => SomeVolume.Of(14, 1))]);
        ReportModel model = ReportBuilder.Build(result, Rebuilt(result, []));
        Assert.Empty(model.Volumes[0].Slices);
        Assert.NotEmpty(model.Results);
    }

    [Fact]
    public void AMethodThatDeclinedEveryVolumeIsNamedAndTheBestOtherIsShown()
    {
        ValidationResult result = Run([new ValidationInput("v", "", () => "", () => SomeVolume.Of(14, 1))], new Declining());
        ReportModel model = ReportBuilder.Build(result, Rebuilt(result, []));
        Assert.StartsWith("declining declined every volume (1 ", model.Verdict, StringComparison.Ordinal);
        Assert.Contains("has the highest mean PSNR", model.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void FourShardsMergedGiveTheBytesOfOneRun()
    {
        IValidationInput[] inputs = [.. Enumerable.Range(0, 5).Select(i => new ValidationInput($"v{i}", "", () => $"{i:x64}", () => SomeVolume.Of(14, i)))];
        byte[][] whole = Write(Run(inputs), result => Rebuilt(result, inputs), _folder);
        string[] shards = [.. Enumerable.Range(1, 4).Select(index => Path.Combine(_folder, $"shard{index}"))];
        for (int index = 1; index <= 4; index++)
        {
            ValidationResult part = ValidationRun.Run(inputs, Settings() with { Shard = new Shard(index, 4) }, shards[index - 1]);
            KeptPictures.Keep(part.Summary, Rebuilt(part, inputs), shards[index - 1]);
        }

        byte[][] merged = Write(ValidationMerge.Combine(shards), _ => new KeptPictures(shards), Path.Combine(_folder, "merged"));

        Assert.Equal(whole, merged);
        Assert.Contains("data:image/png", System.Text.Encoding.UTF8.GetString(merged[2]), StringComparison.Ordinal);
    }

    private static byte[][] Write(ValidationResult result, Func<ValidationResult, IPictureSource> pictures, string folder)
    {
        SummaryFiles.Write(result, folder);
        SummaryFiles.WriteText(Path.Combine(folder, "report.html"), page => ReportWriter.Write(ReportBuilder.Build(result, pictures(result)), page));
        return [.. new[] { SummaryFiles.SummaryName, SummaryFiles.SlicesName, "report.html" }.Select(name => File.ReadAllBytes(Path.Combine(folder, name)))];
    }

    private static RebuiltPictures Rebuilt(ValidationResult result, IReadOnlyList<IValidationInput> inputs) =>
        new(result, inputs, Methods, TestContext.Current.CancellationToken);

    private ValidationResult Run(IReadOnlyList<IValidationInput> inputs, params IVolumeReconstructor[] others) => ValidationRun.Run(inputs, Settings(others), _folder);

    private static ValidationSettings Settings(params IVolumeReconstructor[] others) => new()
    {
        Drops = [DropSpec.Parse("every:2"), DropSpec.Parse("run:2")],
        Methods = [.. Methods, .. others],
        Baselines = [.. Methods.Select(method => method.Identity.Name)],
        BootstrapDraws = 100,
        Version = "1",
    };

    private sealed class Declining : IVolumeReconstructor
    {
        public MethodIdentity Identity { get; } = new("declining", "1");

        public bool CanPredict(ReconstructionRequest request, int slice) => false;

        public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
