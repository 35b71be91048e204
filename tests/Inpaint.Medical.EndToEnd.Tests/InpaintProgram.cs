using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>How a run of the program ended.</summary>
public sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>The run ended as a rejection must: this exit code, one line with this error, no stack trace.</summary>
    public void MustBeRejected(int exitCode, string errorName)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, wanted {exitCode}; stderr: {Error}");
        Assert.Contains(Error.Split('\n'), line => line.StartsWith("error ", StringComparison.Ordinal) && line.Contains($" {errorName}: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", Error, StringComparison.Ordinal);
    }

    public ProgramRun MustSucceed()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}; stderr: {Error}");
        return this;
    }
}

/// <summary>The command line program as a user runs it: a process of its own.</summary>
public static class InpaintProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The program that was built with these tests, of the same configuration.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Inpaint.Medical.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "inpaint"));

    public static ProgramRun Run(params string[] arguments) => RunIn(new Dictionary<string, string>(), arguments);

    public static ProgramRun RunIn(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using Process process = Start(environment, arguments);
        return Finish(process);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static ProgramRun Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The program did not end.");
        }

        return new ProgramRun(process.ExitCode, output.Result, error.Result);
    }
}
