using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>
/// Before anything else at start: what never became whole is swept away, and every object of an open job is looked for. An object
/// that was acknowledged and is gone makes its job dead, loudly.
/// </summary>
internal sealed class Recovery(ObjectStore store, LedgerDatabase database, SeriesLedger ledger, TimeProvider time, ILogger<Recovery> logger)
    : IHostedService
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
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

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
