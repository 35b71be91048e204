using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker.Receive;

/// <summary>
/// Takes in files that appear in a folder: at once when renamed in, and otherwise when neither size nor time has changed between two
/// looks. A file that is taken is removed; one that is refused is moved to "refused".
/// </summary>
internal sealed class WatchFolder(Intake intake, WorkerOptions options, TimeProvider time, ILogger<WatchFolder> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, (long Length, DateTime Written)> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Watch is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(options.Watch, "refused"));
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (FileInfo file in new DirectoryInfo(options.Watch).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                if (IsStable(file))
                {
                    await TakeAsync(file, stoppingToken);
                }
            }
        }
    }

    private bool IsStable(FileInfo file)
    {
        var now = (file.Length, file.LastWriteTimeUtc);
        bool stable = _seen.TryGetValue(file.Name, out var before) && before == now;
        _seen[file.Name] = now;
        return stable && file.LinkTarget is null;
    }

    private async Task TakeAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            StoreAnswer answer;
            await using (FileStream source = file.OpenRead())
            {
                answer = (await intake.TakeAsync(staged => source.CopyToAsync(staged, cancellationToken), null, "watch", cancellationToken)).Answer;
            }

            if (answer == StoreAnswer.Success)
            {
                file.Delete();
            }
            else if (answer != StoreAnswer.OutOfResources)
            {
                file.MoveTo(Path.Combine(file.DirectoryName!, "refused", file.Name), overwrite: true);
            }

            _seen.Remove(file.Name);
        }
        catch (IOException failure)
        {
            logger.LogWarning("A watched file could not be taken in: {Type}", failure.GetType().Name);
        }
    }
}
