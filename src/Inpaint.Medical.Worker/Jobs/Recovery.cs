using Inpaint.Medical.Storage.Intake;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Inpaint.Medical.Worker.Receive;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>
/// Before anything else at start: what was acknowledged and not recorded yet is recorded, what never became whole is swept away, and
/// every object is looked for. After everything else at stop: what has arrived is recorded.
/// </summary>
internal sealed class Recovery(
    ObjectStore store,
    LedgerDatabase database,
    SeriesLedger ledger,
    IntakeRecorder recorder,
    Intake intake,
    TimeProvider time,
    ILogger<Recovery> logger) : IHostedService
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        int replayed = await recorder.StartAsync(cancellationToken);
        _ = StopOnFailureAsync();
        if (replayed > 0)
        {
            logger.LogInformation("{Count} acknowledged objects were recorded from the log of arrivals", replayed);
        }

        if (!database.IsPostgres)
        {
            // An embedded ledger has one worker at a time.
            await ledger.EndLeasesAsync(cancellationToken);
        }

        await using LedgerContext context = database.Open();
        HashSet<string> known = await context.Instances.Select(row => row.RelativePath).ToHashSetAsync(cancellationToken);
        int swept = store.Sweep(known.Contains, time.GetUtcNow().UtcDateTime - Grace);
        string[] lost = [.. known.Where(path => !store.Exists(path))];
        if (swept > 0)
        {
            logger.LogInformation("{Count} files that were never acknowledged were removed", swept);
        }

        if (lost.Length > 0)
        {
            logger.LogCritical("{Count} acknowledged objects are not on disk", lost.Length);
            await ledger.NoteAsync("objects-lost", $"{lost.Length} acknowledged objects are not on disk", cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => recorder.DisposeAsync().AsTask();

    private async Task StopOnFailureAsync()
    {
        try
        {
            await recorder.Failure;
        }
        catch (IOException failure)
        {
            intake.Fail(failure);
        }
    }
}
