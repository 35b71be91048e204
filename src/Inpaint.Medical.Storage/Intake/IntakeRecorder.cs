using System.Data.Common;
using System.Threading.Channels;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Storage.Intake;

/// <summary>
/// Makes arriving objects and their rows durable. With the embedded ledger an object may be acknowledged once it is in the ledger's
/// log of arrivals; files and rows follow in groups, and at start from the log. On a shared ledger the answer waits for the group, so
/// that every worker sees what any has acknowledged.
/// </summary>
public sealed class IntakeRecorder(ObjectStore store, LedgerDatabase database, SeriesLedger ledger) : IAsyncDisposable
{
    private const long JournalBytes = 64 << 20;
    private const int ShareOfFreeSpace = 16;
    private const int MostAtOnce = 512;
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _isAwaited = new(0);
    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>();
    private readonly Dictionary<string, Arrival> _pending = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IntakeJournal? _journal;
    private InstanceLookup? _held;
    private Task _recording = Task.CompletedTask;
    private volatile bool _isStalled;

    /// <summary>Faults when something could not be made durable: nothing may be acknowledged from then on.</summary>
    public Task Failure => _failure.Task;

    /// <summary>Records what the log of arrivals holds and the ledger does not, then takes arrivals.</summary>
    /// <returns>Number of objects recorded from the log.</returns>
    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        _journal = database.IsPostgres
            ? null
            : IntakeJournal.Open(Path.Combine(store.Root, "arrivals.log"), Math.Min(JournalBytes, store.FreeBytes() / ShareOfFreeSpace));
        _held = _journal is null ? null : new InstanceLookup(database);
        int replayed = _journal is null ? 0 : await ReplayAsync(_journal, cancellationToken).ConfigureAwait(false);
        _recording = Task.Run(RecordArrivalsAsync, CancellationToken.None);
        return replayed;
    }

    private async Task<int> ReplayAsync(IntakeJournal journal, CancellationToken cancellationToken)
    {
        var rows = new List<LedgerInstance>();
        foreach (JournalRecord record in journal.Records())
        {
            if (_held!.Holds(record.Row.SopInstanceUid))
            {
                continue;
            }

            using StagedObject staged = store.Stage(long.MaxValue);
            if (journal.Restore(record, staged))
            {
                store.Place(staged);
                rows.Add(record.Row);
            }
        }

        store.Sync();
        await ledger.RecordAsync(rows, cancellationToken).ConfigureAwait(false);
        return rows.Count;
    }

    /// <summary>Makes a staged object durable under its content's name, with its row.</summary>
    /// <exception cref="IOException">Not durable: nothing may be acknowledged from now on.</exception>
    public async Task<IntakeOutcome> RecordAsync(StagedObject staged, LedgerInstance row)
    {
        ArgumentNullException.ThrowIfNull(staged);
        ArgumentNullException.ThrowIfNull(row);
        if (_failure.Task.IsCompleted)
        {
            throw new IOException("An earlier object could not be made durable.");
        }

        if (_isStalled)
        {
            return IntakeOutcome.Unavailable;
        }

        var arrival = new Arrival(row);
        while (!TryEnter(arrival, out Arrival? before))
        {
            // The same instance is on its way: what became of it decides.
            Hurry();
            await ((Task)before.Recorded.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            if (_held?.Holds(row.SopInstanceUid) == true)
            {
                IntakeOutcome outcome = (await ledger.RecordAsync([row], CancellationToken.None).ConfigureAwait(false))[0];
                Leave(arrival, outcome);
                return outcome;
            }

            store.Place(staged);
            arrival.Place = _journal is null
                ? null
                : await _journal.TryAppendAsync(row, staged.Handle, staged.DatasetOffset).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Leave(arrival, IntakeOutcome.Unavailable);
            if (failure is IOException)
            {
                _failure.TrySetException(failure);
            }

            throw;
        }

        _arrivals.Writer.TryWrite(arrival);
        if (arrival.Place is null || _journal!.IsHalfFull)
        {
            Hurry();
        }

        return arrival.Place is null ? await arrival.Recorded.Task.ConfigureAwait(false) : IntakeOutcome.Recorded;
    }

    /// <summary>Waits until all that was acknowledged so far is among the ledger's rows.</summary>
    public async Task SettledAsync()
    {
        Task[] pending;
        lock (_pending)
        {
            pending = [.. _pending.Values.Select(arrival => arrival.Recorded.Task)];
        }

        if (pending.Length > 0)
        {
            Hurry();
        }

        await Task.WhenAll(pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Records what has arrived, and takes nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _arrivals.Writer.TryComplete();
        Hurry();
        await _recording.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _held?.Dispose();
        _journal?.Dispose();
        _isAwaited.Dispose();
    }

    /// <summary>Somebody waits for rows: the group that gathers is recorded now.</summary>
    private void Hurry()
    {
        if (_isAwaited.CurrentCount == 0)
        {
            _isAwaited.Release();
        }
    }

    private async Task RecordArrivalsAsync()
    {
        var group = new List<Arrival>();
        while (await _arrivals.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (_journal is not null)
            {
                // Larger groups cost less for each object, and less while the next ones arrive.
                await _isAwaited.WaitAsync(Gather).ConfigureAwait(false);
            }

            while (group.Count < MostAtOnce && _arrivals.Reader.TryRead(out Arrival? arrival))
            {
                group.Add(arrival);
            }

            await RecordAsync(group).ConfigureAwait(false);
            group.Clear();
        }
    }

    private async Task RecordAsync(List<Arrival> group)
    {
        while (group.Count > 0)
        {
            try
            {
                store.Sync();
                IReadOnlyList<IntakeOutcome> outcomes =
                    await ledger.RecordAsync([.. group.Select(arrival => arrival.Row)], CancellationToken.None).ConfigureAwait(false);
                for (int i = 0; i < group.Count; i++)
                {
                    Leave(group[i], outcomes[i]);
                }

                _isStalled = false;
                return;
            }
            catch (IOException failure)
            {
                _failure.TrySetException(failure);
                group.ForEach(arrival => arrival.Recorded.TrySetException(failure));
                return;
            }
            catch (Exception failure) when (failure is DbException or DbUpdateException or InvalidOperationException)
            {
                // What is in the log was acknowledged and is kept; the rest is refused, and nothing more is taken meanwhile.
                _isStalled = true;
                group.FindAll(arrival => arrival.Place is null).ForEach(arrival => Leave(arrival, IntakeOutcome.Unavailable));
                group.RemoveAll(arrival => arrival.Place is null);
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }

        _isStalled = false;
    }

    private bool TryEnter(Arrival arrival, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Arrival? before)
    {
        lock (_pending)
        {
            return _pending.TryGetValue(arrival.Row.SopInstanceUid, out before) is false && _pending.TryAdd(arrival.Row.SopInstanceUid, arrival);
        }
    }

    private void Leave(Arrival arrival, IntakeOutcome outcome)
    {
        if (arrival.Place is { } place)
        {
            _journal!.Release(place);
        }

        lock (_pending)
        {
            _pending.Remove(arrival.Row.SopInstanceUid);
        }

        arrival.Recorded.TrySetResult(outcome);
    }

    /// <summary>An object on its way into the ledger.</summary>
    private sealed class Arrival(LedgerInstance row)
    {
        public LedgerInstance Row { get; } = row;

        public TaskCompletionSource<IntakeOutcome> Recorded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Where it is in the log; null when it is not.</summary>
        public IntakeJournal.Place? Place { get; set; }
    }
}
