using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Validation.Acceptance;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Tests.Acceptance;

public sealed class AcceptanceGateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("acceptance-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void CriteriaAreJudgedOnTheSummary()
    {
        IValidationInput[] inputs = [.. Enumerable.Range(0, 3).Select(i => new ValidationInput($"v{i}", "", () => "", () => SomeVolume.Of(14, i)))];
        ValidationSummary summary = ValidationRun.Run(inputs, new ValidationSettings
        {
            Drops = [DropSpec.Parse("every:2"), DropSpec.Parse("random:0.2")],
            Methods = ClassicalMethods.All,
            Baselines = ["nearest", "linear"],
            Version = "1",
        }, _folder).Summary;

        string[] failed = Judge(summary, "cubic", "gap1.psnr.mean > 10", "gap1.psnr.gain_over_best >= -50", "all.psnr.gain_over_nearest > 0",
            "all.psnr.win_rate_over_nearest >= 1", "random:0.2.ssim.least < 1.01", "all.mae.mean <= 1e6", "all.psnr.gain_over_linear_low95 > -90");
        Assert.Empty(failed);

        failed = Judge(summary, "cubic", "gap1.psnr.mean > 100", "gap9.psnr.mean > 0", "gap1.psnr.gain_over_spline > 0");
        Assert.Equal(3, failed.Length);
        Assert.StartsWith("FAILED gap1.psnr.mean > 100 (found ", failed[0], StringComparison.Ordinal);
        Assert.Equal("FAILED gap9.psnr.mean > 0 (the results hold no such value)", failed[1]);
    }

    [Theory]
    [InlineData("method: x")]
    [InlineData("accept: [gap1.psnr.mean > 1]")]
    [InlineData("method: x\naccept: []")]
    [InlineData("method: x\naccept: [gap1.psnr > 1]")]
    [InlineData("method: x\naccept: [gap1.psnr.mean = 1]")]
    [InlineData("method: x\naccept: [gap1.psnr.mean > much]")]
    [InlineData("method: [x")]
    [InlineData("")]
    public void WrongFileIsRefused(string yaml) =>
        Assert.Equal(ErrorCode.UsageInvalid, Assert.Throws<InpaintException>(() => AcceptanceGate.Parse(yaml)).Code);

    private static string[] Judge(ValidationSummary summary, string method, params string[] lines)
    {
        string yaml = $"method: {method}\naccept:\n{string.Concat(lines.Select(line => $"  - '{line}'\n"))}";
        return [.. AcceptanceGate.Parse(yaml).Judge(summary).Select(failed => failed.ToString())];
    }
}
