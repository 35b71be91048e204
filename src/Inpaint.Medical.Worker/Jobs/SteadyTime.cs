using Inpaint.Medical.Storage.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>
/// The time of day as it was at the start, and from there on what has really passed. For the scheduler: on a clock that is set back it
/// would stand still until the clock has caught up.
/// </summary>
/// <param name="latestKnown">The start is not before it.</param>
internal sealed class SteadyTime(TimeProvider clock, DateTimeOffset latestKnown) : TimeProvider
{
    private readonly DateTimeOffset _start = Later(clock.GetUtcNow(), latestKnown);
    private readonly long _started = clock.GetTimestamp();

    public override long TimestampFrequency => clock.TimestampFrequency;

    /// <summary>
    /// Of a schedule that is kept in the ledger's database: not before any worker's last sign of life in it. One that died before the clock
    /// was set back would count as living, and what it ran as running, until the clock has caught up.
    /// </summary>
    public static async Task<SteadyTime> AfterAsync(LedgerDatabase database, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using LedgerContext context = database.Open();
        bool isNew = !await context.Database.SqlQuery<bool>($"""SELECT to_regclass('qrtz_scheduler_state') IS NOT NULL AS "Value" """).SingleAsync(cancellationToken);
        long ticks = isNew ? 0
            : await context.Database.SqlQuery<long>($"""SELECT COALESCE(MAX(last_checkin_time), 0) AS "Value" FROM qrtz_scheduler_state""").SingleAsync(cancellationToken);
        return new SteadyTime(clock, new DateTimeOffset(ticks, TimeSpan.Zero));
    }

    public override DateTimeOffset GetUtcNow() => _start + clock.GetElapsedTime(_started);

    public override long GetTimestamp() => clock.GetTimestamp();

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
