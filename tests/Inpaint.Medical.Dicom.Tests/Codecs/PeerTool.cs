using System.Diagnostics;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

/// <summary>Command-line tools of DCMTK, GDCM and Python, whose results ours must equal. Tests skip by name where one is absent.</summary>
internal static class PeerTool
{
    public static bool TryRun(string tool, params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled(tool), $"{tool} is not installed.");
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardError.ReadToEnd();
        output.Wait();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    public static void Run(string tool, params string[] arguments) =>
        Assert.True(TryRun(tool, arguments), $"{tool} {string.Join(' ', arguments)} failed.");

    private static bool IsInstalled(string tool) => Path.IsPathRooted(tool)
        ? File.Exists(tool)
        : Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));
}
