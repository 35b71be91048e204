using System.Diagnostics;
using System.Runtime.CompilerServices;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Report;
using Inpaint.Medical.Validation.Running;
using Xunit;

namespace Inpaint.Medical.Validation.Tests.Report;

/// <summary>Slow: starts a real browser.</summary>
public sealed class ReportInABrowserTests
{
    private static readonly IVolumeReconstructor[] Methods = [.. ClassicalMethods.All, new RegistrationInterpolator()];

    [Theory]
    [InlineData("invented")]
    [InlineData("of a run")]
    public async Task GivenAReport_WhenOpenedOnDesktopAndPhone_ThenNothingIsCutAndNoErrorIsShown(string kind)
    {
        string browser = Path.Combine(Here(), "browser");
        Assert.SkipUnless(File.Exists("/usr/bin/chromium"), "chromium is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(browser, "node_modules", "playwright-core")), "playwright-core is not installed");
        string folder = Directory.CreateTempSubdirectory("report").FullName;
        string report = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(report, SomeReport.Page(kind == "invented" ? SomeReport.Create() : OfARun(folder)), TestContext.Current.CancellationToken);

        using Process node = Process.Start(new ProcessStartInfo("node", [Path.Combine(browser, "look.mjs"), report, folder])
        {
            WorkingDirectory = browser,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", await output);
        Assert.True(node.ExitCode == 0, errors);
        foreach (string screenshot in new[] { "desktop-light.png", "desktop-dark.png", "phone-light.png", "phone-dark.png" })
        {
            Assert.True(new FileInfo(Path.Combine(folder, screenshot)).Length > 20_000, screenshot + " is empty");
        }
    }

    [Fact]
    public void TextFromOutsideIsEscaped()
    {
        ReportModel model = SomeReport.Create() with { Title = "<script>alert(1)</script> & more" };

        string page = SomeReport.Page(model);

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more", page, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameModelGivesTheSamePage() => Assert.Equal(SomeReport.Page(SomeReport.Create()), SomeReport.Page(SomeReport.Create()));

    private static ReportModel OfARun(string folder)
    {
        IValidationInput[] inputs =
        [
            .. new[] { "ct-abdomen-pelvis-3mm-with-a-rather-long-file-name.nii.gz", "mr-t1-head.nii.gz" }
                .Select((name, i) => new ValidationInput(name, "", () => $"{i:x64}", () => SomeVolume.Of(24, i, rows: 96, columns: 80))),
        ];
        var settings = new ValidationSettings
        {
            Drops = [DropSpec.Parse("runs:1@2"), DropSpec.Parse("runs:3@2"), DropSpec.Parse("every:2")],
            Methods = [.. Methods],
            Baselines = ["nearest", "linear", "cubic", "spline"],
            Version = "1",
        };
        ValidationResult result = ValidationRun.Run(inputs, settings, Path.Combine(folder, "run"));
        return ReportBuilder.Build(result, new RebuiltPictures(result, inputs, Methods, TestContext.Current.CancellationToken));
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
