using System.Collections.Concurrent;
using System.Diagnostics;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>A program of another maker that runs beside a test and ends with it.</summary>
internal sealed class ExternalProgram : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Starts it; skips the running test by name where it is not installed.</summary>
    public ExternalProgram(string program, params string[] arguments)
    {
        Assert.SkipUnless(Peer.IsInstalled(program), $"{program} is not installed.");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // Without it small packets wait for acknowledgements, 40 ms an object.
        start.Environment["TCP_NODELAY"] = "1";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has written.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Runs it to its end.</summary>
    /// <returns>Its exit code.</returns>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var running = new ExternalProgram(program, arguments);
        Assert.True(running._process.WaitForExit(TimeSpan.FromMinutes(3)), $"{program} did not end.");
        running._process.WaitForExit();
        return (running._process.ExitCode, running.Output);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
