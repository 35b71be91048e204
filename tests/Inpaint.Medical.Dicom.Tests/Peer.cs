using System.Diagnostics;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests;

/// <summary>Other people's DICOM tools, which judge ours; a test that needs one that is absent is skipped by its name.</summary>
internal static class Peer
{
    /// <summary>The distribution's Python, which has pydicom.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public sealed record Answer(int ExitCode, string Output, string Errors)
    {
        public IEnumerable<string> Lines => (Output + "\n" + Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static Answer Run(string tool, params string[] arguments)
    {
        Assert.SkipUnless(IsPresent(tool), $"{tool} is not installed.");
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(Limit), $"{tool} did not end within {Limit}.");
        return new Answer(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    private static bool IsPresent(string tool) => Path.IsPathRooted(tool)
        ? File.Exists(tool)
        : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));
}
