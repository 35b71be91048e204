using System.Diagnostics;
using System.Text.Json;

namespace Inpaint.Medical.Validation.Tests;

/// <summary>Debian's Python with numpy, scipy and scikit-image: what our numbers must equal.</summary>
internal static class PythonPeer
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs a script of this folder; skips the test where the packages are not installed.</summary>
    /// <returns>What it prints, as JSON.</returns>
    public static JsonElement Run(string script, params string[] arguments)
    {
        Assert.SkipUnless(
            File.Exists(Python) && Start("-c", "import numpy, scipy, skimage").ExitCode == 0, "python3-skimage is not installed.");
        (int exitCode, string output, string error) = Start([Path.Combine(AppContext.BaseDirectory, script), .. arguments]);
        Assert.True(exitCode == 0, error);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    private static (int ExitCode, string Output, string Error) Start(params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
