using System.Diagnostics;
using System.Globalization;

namespace Inpaint.Medical.Benchmarks;

/// <summary>Python's PyTorch with the same network and weights (peers/network.py): one process on one thread that answers one question after the other.</summary>
internal sealed class PyTorch : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Process process;

    private PyTorch(Process process, string[] greeting)
    {
        this.process = process;
        Version = greeting[0];
        Differences = [.. greeting[1..].Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
    }

    public string Version { get; }

    /// <summary>Largest differences from our float32 results: prediction, prediction in training, in normalised units; loss and gradient, relative.</summary>
    public double[] Differences { get; }

    /// <param name="model">Folder of the model.</param>
    /// <param name="batches">Folder of the two batches and our results.</param>
    /// <returns>Null where Python has no PyTorch.</returns>
    /// <exception cref="InvalidOperationException">It ended.</exception>
    public static PyTorch? Start(string model, string batches)
    {
        if (!File.Exists(Python))
        {
            return null;
        }

        using (Process probe = Begin("-c", "import numpy, torch"))
        {
            probe.WaitForExit();
            if (probe.ExitCode != 0)
            {
                return null;
            }
        }

        Process process = Begin(Path.Combine(AppContext.BaseDirectory, "peers", "network.py"), model, batches);
        return new PyTorch(process, Answer(process).Split(' '));
    }

    /// <summary>Seconds that the processor worked on one run.</summary>
    /// <param name="what">inference or training.</param>
    /// <param name="precision">float32 or bfloat16.</param>
    public double Seconds(string what, string precision)
    {
        process.StandardInput.WriteLine($"{what} {precision}");
        process.StandardInput.Flush();
        return double.Parse(Answer(process), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static string Answer(Process process) =>
        process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"network.py ended: {process.StandardError.ReadToEnd()}");

    private static Process Begin(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
