using System.Diagnostics;
using System.Net.Sockets;
using Inpaint.Medical.TestSupport;

namespace FellowOakDicom.Tests.Network;

/// <summary>Programs of DCMTK, run with TCP_NODELAY=1 as their own servers and clients otherwise wait 40 ms for each object.</summary>
internal sealed class Dcmtk : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;

    private Dcmtk(Process process)
    {
        _process = process;
        _output = process.StandardError.ReadToEndAsync();
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
    }

    /// <summary>Starts a server and waits until it listens; skips the running test if it is not installed.</summary>
    internal static async Task<Dcmtk> ServeAsync(string program, int port, params string[] arguments)
    {
        Assert.SkipUnless(Peer.IsInstalled(program), $"{program} is not installed.");
        var server = new Dcmtk(Start(program, arguments));
        for (int i = 0; i < 200; i++)
        {
            Assert.False(server._process.HasExited, $"{program} ended: {(server._process.HasExited ? await server._output : null)}");
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", port);
                return server;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        server.Dispose();
        throw new TimeoutException($"{program} does not listen on {port}.");
    }

    /// <summary>Runs a client and gives its exit code and all it printed; skips the running test if it is not installed.</summary>
    internal static async Task<(int Code, string Text)> RunAsync(string program, params string[] arguments)
    {
        Assert.SkipUnless(Peer.IsInstalled(program), $"{program} is not installed.");
        using Process process = Start(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end.");
        }

        return (process.ExitCode, await output + await error);
    }

    /// <summary>Processor time that the server has used, without that of processes it forked.</summary>
    internal TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
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

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TCP_NODELAY"] = "1";
        return Process.Start(start)!;
    }
}
