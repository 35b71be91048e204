using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace Inpaint.Medical.Worker.Tests;

/// <summary>The worker as a program of its own, with a data folder that outlives it.</summary>
internal sealed class RunningWorker : IDisposable
{
    private static readonly HttpClient Http = new();
    private readonly string _data;
    private readonly string[] _arguments;
    private readonly int _httpPort = FreePort();
    private Process? _process;

    public RunningWorker(string data, params string[] arguments)
    {
        _data = data;
        _arguments = arguments;
    }

    public int Port { get; } = FreePort();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "inpaint-worker"),
            ["--data", _data, "--aet", "INPAINT", "--address", "127.0.0.1", "--port", $"{Port}", "--http", $"127.0.0.1:{_httpPort}", .. _arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilAsync(async () => (await Http.GetAsync($"http://127.0.0.1:{_httpPort}/health/ready")).IsSuccessStatusCode, "the worker is ready");
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process!.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    public async Task<string> GetAsync(string path) => await Http.GetStringAsync($"http://127.0.0.1:{_httpPort}{path}");

    /// <summary>State of the newest job, lower case; null when there is none.</summary>
    public async Task<string?> NewestStateAsync()
    {
        using JsonDocument jobs = JsonDocument.Parse(await GetAsync("/jobs"));
        return jobs.RootElement.GetArrayLength() == 0 ? null
            : jobs.RootElement.EnumerateArray().Last().GetProperty("state").GetString();
    }

    /// <summary>Waits for a condition; a refused connection counts as not yet.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(180))
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(200);
        }

        Assert.Fail($"Waited three minutes in vain until {what}.");
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // Ended already.
            }
        }
    }
}
