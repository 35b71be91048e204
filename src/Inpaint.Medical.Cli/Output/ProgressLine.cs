using Inpaint.Medical.Core.Pipeline;
using Spectre.Console;

namespace Inpaint.Medical.Cli.Output;

/// <summary>A progress bar on stderr while a run proceeds; silent where stderr is no terminal.</summary>
internal static class ProgressLine
{
    private static readonly string[] Stages = ["Receive", "BuildVolume", "Mask", "Infer", "Composite", "Write", "Deliver"];

    public static async Task<T> RunAsync<T>(Func<IProgress<RunProgress>?, Task<T>> run)
    {
        if (Console.IsErrorRedirected)
        {
            return await run(null).ConfigureAwait(false);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true).StartAsync(context =>
        {
            ProgressTask task = context.AddTask("Receive", maxValue: 1);
            return run(new Reporter(progress => Show(task, progress)));
        }).ConfigureAwait(false);
    }

    private static void Show(ProgressTask task, RunProgress progress)
    {
        int total = Math.Max(1, progress.SeriesCount);
        task.MaxValue = total * Stages.Length;
        task.Value = (progress.Series * Stages.Length) + Math.Max(0, Array.IndexOf(Stages, progress.Stage));
        task.Description = FormattableString.Invariant($"Series {progress.Series + 1} of {total}: {progress.Stage}");
    }

    private sealed class Reporter(Action<RunProgress> show) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => show(value);
    }
}
