using System.Diagnostics;

namespace Inpaint.Medical.Benchmarks;

/// <summary>Other programs, timed as whole processes.</summary>
internal static class Peer
{
    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Seconds from start to exit; output is read and dropped.</summary>
    /// <exception cref="InvalidOperationException">The program failed: its time would mean nothing.</exception>
    public static double Time(string program, params IEnumerable<string> arguments) => Run(program, arguments).Seconds;

    /// <summary>Seconds and the largest resident memory seen, bytes.</summary>
    public static (double Seconds, long PeakBytes) Run(string program, IEnumerable<string> arguments)
    {
        long started = Stopwatch.GetTimestamp();
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // DCMTK leaves Nagle's algorithm on: with delayed acknowledgements it costs 40 ms an object and hides everything else.
        start.Environment["TCP_NODELAY"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task drain = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        long peak = 0;
        while (!process.WaitForExit(5))
        {
            peak = Math.Max(peak, PeakOf(process.Id));
        }

        drain.Wait();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return process.ExitCode == 0
            ? (seconds, peak)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }

    private static long PeakOf(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            // Ended between the two calls.
            return 0;
        }
    }
}
