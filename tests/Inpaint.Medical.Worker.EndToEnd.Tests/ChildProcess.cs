using System.Diagnostics;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>The process in which a worker reconstructs.</summary>
internal static class ChildProcess
{
    /// <summary>Waits for the one whose task lies below a folder, and kills it.</summary>
    public static async Task KillAsync(string folder)
    {
        int id = 0;
        long started = Stopwatch.GetTimestamp();
        while ((id = Find(folder)) == 0)
        {
            Xunit.Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(5), $"No process came for {folder}.");
            await Task.Delay(5);
        }

        using Process process = Process.GetProcessById(id);
        process.Kill();
    }

    private static int Find(string folder) => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
        .FirstOrDefault(id => id > 0 && CommandLine(id) is [_, "task", var request, ..] && request.StartsWith(folder + "/", StringComparison.Ordinal));

    private static string[] CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            // Ended meanwhile.
            return [];
        }
    }
}
