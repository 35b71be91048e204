using System.Diagnostics;
using System.Text;
using Xunit;

namespace Inpaint.Medical.TestSupport;

/// <summary>A program of another maker that tests compare with; the test is skipped by name where it is not installed.</summary>
public static class Peer
{
    /// <summary>Runs a program and gives its exit code and output; skips the running test if there is no such program.</summary>
    public static (int ExitCode, string Output, string Error) Run(string program, params string[] arguments) =>
        Run(Encoding.UTF8, program, arguments);

    /// <param name="encoding">Of the program's output; Latin-1 keeps every byte as one character.</param>
    public static (int ExitCode, string Output, string Error) Run(Encoding encoding, string program, params string[] arguments)
    {
        string? path = Find(program);
        Assert.SkipUnless(path is not null, $"{program} is not installed.");
        var start = new ProcessStartInfo(path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = encoding };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public static bool IsInstalled(string program) => Find(program) is not null;

    private static string? Find(string program) =>
        Path.IsPathRooted(program)
            ? File.Exists(program) ? program : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin")
                .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
