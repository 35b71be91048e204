using System.Diagnostics;
using System.Text.Json;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>
/// Runs a task in a process of its own: a decoder that crashes, hangs or eats memory takes one attempt of one job with it, and
/// never the worker.
/// </summary>
internal static class ReconstructionProcess
{
    /// <returns>Null when the process died or was stopped by the time limit.</returns>
    public static async Task<TaskResult?> RunAsync(
        ReconstructionTask task, string scratchFolder, TimeSpan longest, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(scratchFolder);
        string request = Path.Combine(scratchFolder, "task.json");
        string answer = Path.Combine(scratchFolder, "result.json");
        File.Delete(answer);
        await File.WriteAllTextAsync(request, JsonSerializer.Serialize(task), cancellationToken);

        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["task", request, answer])
        {
            // Held open, never written to: it ends when this process does, however it dies, and the child with it.
            RedirectStandardInput = true,
            RedirectStandardOutput = false,
            RedirectStandardError = false,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(longest);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }

        return process.ExitCode == 0 && File.Exists(answer)
            ? JsonSerializer.Deserialize<TaskResult>(await File.ReadAllTextAsync(answer, cancellationToken))
            : null;
    }
}
