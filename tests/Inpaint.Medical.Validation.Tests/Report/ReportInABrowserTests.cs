using System.Diagnostics;
using System.Runtime.CompilerServices;
using Inpaint.Medical.Validation.Report;
using Xunit;

namespace Inpaint.Medical.Validation.Tests.Report;

/// <summary>Slow: starts a real browser.</summary>
public sealed class ReportInABrowserTests
{
    [Fact]
    public async Task GivenAReport_WhenOpenedOnDesktopAndPhone_ThenNothingIsCutAndNoErrorIsShown()
    {
        string browser = Path.Combine(Here(), "browser");
        Assert.SkipUnless(File.Exists("/usr/bin/chromium"), "chromium is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(browser, "node_modules", "playwright-core")), "playwright-core is not installed");
        string folder = Directory.CreateTempSubdirectory("report").FullName;
        string report = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(report, ReportWriter.Write(SomeReport.Create()), TestContext.Current.CancellationToken);

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
        foreach (string screenshot in new[] { "desktop-light.png", "desktop-dark.png", "phone-light.png" })
        {
            Assert.True(new FileInfo(Path.Combine(folder, screenshot)).Length > 20_000, screenshot + " is empty");
        }
    }

    [Fact]
    public void TextFromOutsideIsEscaped()
    {
        ReportModel model = SomeReport.Create() with { Title = "<script>alert(1)</script> & more" };

        string page = ReportWriter.Write(model);

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more", page, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameModelGivesTheSamePage() => Assert.Equal(ReportWriter.Write(SomeReport.Create()), ReportWriter.Write(SomeReport.Create()));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
