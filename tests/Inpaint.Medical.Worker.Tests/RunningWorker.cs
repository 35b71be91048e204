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
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _output = new();
    private Process? _process;

    public RunningWorker(string data, params string[] arguments)
    {
        _data = data;
        int named = Array.IndexOf(arguments, "--port");
        Port = named < 0 ? FreePort() : int.Parse(arguments[named + 1], System.Globalization.CultureInfo.InvariantCulture);
        _arguments = named < 0 ? arguments : [.. arguments[..named], .. arguments[(named + 2)..]];
    }

    /// <summary>Port of its associations.</summary>
    public int Port { get; }

    /// <summary>Variables for the program, beside those of the test.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Of the process that runs now.</summary>
    public int ProcessId => _process!.Id;

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task StartAsync()
    {
        Launch();
        await UntilAsync(
            async () =>
            {
                Assert.False(_process!.HasExited, $"The worker ended before it was ready: {string.Join('\n', _output)}");
                return (await Http.GetAsync($"http://127.0.0.1:{_httpPort}/health/ready")).IsSuccessStatusCode;
            },
            "the worker is ready");
    }

    /// <summary>Starts it and does not wait.</summary>
    public void Launch()
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "inpaint-worker"),
            ["--data", _data, "--aet", "INPAINT", "--address", "127.0.0.1", "--port", $"{Port}", "--http", $"127.0.0.1:{_httpPort}", .. _arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content) =>
        Http.PostAsync(new Uri($"http://127.0.0.1:{_httpPort}{path}"), content);

    /// <summary>kill -9 of the worker alone: what it has started must notice by itself.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>SIGTERM, and its exit code.</summary>
    public int Terminate()
    {
        using Process signal = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        return ExitCode();
    }

    /// <summary>Waits for its end.</summary>
    public int ExitCode()
    {
        Assert.True(_process!.WaitForExit(TimeSpan.FromMinutes(3)), "The worker did not end.");
        return _process.ExitCode;
    }

    /// <summary>All that it has written to the console, over all starts.</summary>
    public string Output => string.Join('\n', _output);

    public async Task PostAsync(string path) =>
        (await Http.PostAsync($"http://127.0.0.1:{_httpPort}{path}", null)).EnsureSuccessStatusCode();

    public async Task<string> GetAsync(string path) => await Http.GetStringAsync($"http://127.0.0.1:{_httpPort}{path}");

    /// <summary>State of the newest job, lower case; null when there is none.</summary>
    public async Task<string?> NewestStateAsync()
    {
        using JsonDocument jobs = JsonDocument.Parse(await GetAsync("/jobs"));
        return jobs.RootElement.GetArrayLength() == 0 ? null
            : jobs.RootElement.EnumerateArray().Last().GetProperty("state").GetString();
    }

    /// <summary>Waits for a condition; a refused connection counts as not yet.</summary>
    /// <param name="limit">Longest wait; null: five minutes, for machines that do other things too.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        TimeSpan longest = limit ?? TimeSpan.FromMinutes(5);
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < longest)
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

        Assert.Fail($"Waited {longest.TotalMinutes:0} minutes in vain until {what}.");
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
