using System.Data.Common;
using System.Threading.Channels;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Storage.Intake;

/// <summary>
/// Makes arriving objects and their rows durable. With the embedded ledger an object may be acknowledged once it is in the ledger's
/// log of arrivals; files and rows follow in groups, and at start from the log. On a shared ledger the answer waits for the group, so
/// that every worker sees what any has acknowledged.
/// </summary>
/// <param name="logBytes">Of a new log of arrivals, where the disk has sixteen times as much free.</param>
public sealed class IntakeRecorder(
    ObjectStore store, LedgerDatabase database, SeriesLedger ledger, long logBytes = IntakeRecorder.DefaultLogBytes) : IAsyncDisposable
{
    // A thousand slices of 256² or 340²: what comes in a burst gets its files after it.
    private const long DefaultLogBytes = 256 << 20;
    private const int ShareOfFreeSpace = 16;
    private const int MostAtOnce = 512;
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _isAwaited = new(0);
    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>();
    private readonly Dictionary<string, Arrival> _pending = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ArrivalLog? _log;
    private InstanceLookup? _held;
    private Task _recording = Task.CompletedTask;
    private volatile bool _isStalled;

    /// <summary>Faults when something could not be made durable: nothing may be acknowledged from then on.</summary>
    public Task Failure => _failure.Task;

    /// <summary>Records what the log of arrivals holds and the ledger does not, then takes arrivals.</summary>
    /// <returns>Number of objects recorded from the log.</returns>
    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        _log = database.IsPostgres
            ? null
            : ArrivalLog.Open(Path.Combine(store.Root, "arrivals.log"), Math.Min(logBytes, store.FreeBytes() / ShareOfFreeSpace));
        _held = _log is null ? null : new InstanceLookup(database);
        int replayed = _log is null ? 0 : await ReplayAsync(_log, cancellationToken).ConfigureAwait(false);
        _recording = Task.Run(RecordArrivalsAsync, CancellationToken.None);
        return replayed;
    }

    private async Task<int> ReplayAsync(ArrivalLog log, CancellationToken cancellationToken)
    {
        var rows = new List<LedgerInstance>();
        foreach (LogRecord record in log.Records())
        {
            if (!_held!.Holds(record.Row.SopInstanceUid) && record.IsWhole())
            {
                rows.Add(PlaceAgain(record));
            }
        }

        store.Sync();
        await ledger.RecordAsync(rows, cancellationToken).ConfigureAwait(false);
        return rows.Count;
    }

    private LedgerInstance PlaceAgain(LogRecord record)
    {
        try
        {
            return Place(record.Row, record.Place);
        }
        catch (IOException failure)
        {
            throw new InpaintException(
                ErrorCode.OutputNotWritable,
                $"{store.Root} has no room for the objects that were acknowledged and are in its log of arrivals: make room and start again.", failure);
        }
    }

    private LedgerInstance Place(ArrivedInstance arrived, LogPlace place)
    {
        using Stream content = place.Open();
        return LedgerInstance.Of(arrived, store.Place(content, place.DatasetOffset), place.Length);
    }

    /// <summary>A place for an arriving object.</summary>
    /// <param name="limit">Largest number of bytes, header included.</param>
    public StagedObject Stage(long limit) => new(store.NewStagingPath(), limit, _log);

    /// <summary>Makes a staged object durable, with its row.</summary>
    /// <exception cref="IOException">Not durable: nothing may be acknowledged from now on.</exception>
    public async Task<IntakeOutcome> RecordAsync(StagedObject staged, ArrivedInstance instance)
    {
        ArgumentNullException.ThrowIfNull(staged);
        ArgumentNullException.ThrowIfNull(instance);
        if (_failure.Task.IsCompleted)
        {
            throw new IOException("An earlier object could not be made durable.");
        }

        if (_isStalled)
        {
            return IntakeOutcome.Unavailable;
        }

        var arrival = new Arrival(instance);
        while (!TryEnter(arrival, out Arrival? before))
        {
            // The same instance is on its way: what became of it decides.
            Hurry();
            await ((Task)before.Recorded.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            if (_held?.Holds(instance.SopInstanceUid) == true)
            {
                LedgerInstance row = LedgerInstance.Of(instance, staged.ContentSha256(), staged.Length);
                IntakeOutcome outcome = (await ledger.RecordAsync([row], CancellationToken.None).ConfigureAwait(false))[0];
                Leave(arrival, outcome);
                return outcome;
            }

            if (!await TryKeepAsync(arrival, staged).ConfigureAwait(false))
            {
                Leave(arrival, IntakeOutcome.Unavailable);
                return IntakeOutcome.Unavailable;
            }
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
        if (arrival.Place is null || _log!.IsHalfFull)
        {
            Hurry();
        }

        return arrival.Place is null ? await arrival.Recorded.Task.ConfigureAwait(false) : IntakeOutcome.Recorded;
    }

    /// <summary>Makes an object durable in the log, or gives its file its name.</summary>
    /// <returns>False when it would be acknowledged without room on the disk for its file.</returns>
    private async Task<bool> TryKeepAsync(Arrival arrival, StagedObject staged)
    {
        UInt128 checksum = staged.Checksum;
        if (staged.LeaveInLog() is not { } place)
        {
            arrival.Row = LedgerInstance.Of(arrival.Instance, store.Place(staged), staged.Length);
            return true;
        }

        // From here on disposing the staged object does not free its place.
        arrival.Place = place;
        if (store.FreeBytes() < _log!.HeldBytes)
        {
            return false;
        }

        await _log.CommitAsync(place, arrival.Instance, checksum).ConfigureAwait(false);
        return true;
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
        _log?.Dispose();
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
            if (_log is not null)
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
        while (group.Count > 0 && !await TryRecordAsync(group).ConfigureAwait(false))
        {
            // What is in the log was acknowledged and is kept; the rest is refused, and nothing more is taken meanwhile.
            _isStalled = true;
            group.FindAll(arrival => arrival.Place is null).ForEach(arrival => Leave(arrival, IntakeOutcome.Unavailable));
            group.RemoveAll(arrival => arrival.Place is null);
            await Task.Delay(Pause).ConfigureAwait(false);
        }

        _isStalled = false;
    }

    /// <returns>False when files or rows cannot be written now.</returns>
    private async Task<bool> TryRecordAsync(List<Arrival> group)
    {
        try
        {
            foreach (Arrival arrival in group)
            {
                arrival.Row ??= Place(arrival.Instance, arrival.Place!);
            }
        }
        catch (IOException)
        {
            return false;
        }

        try
        {
            store.Sync();
            IReadOnlyList<IntakeOutcome> outcomes =
                await ledger.RecordAsync([.. group.Select(arrival => arrival.Row!)], CancellationToken.None).ConfigureAwait(false);
            for (int i = 0; i < group.Count; i++)
            {
                Leave(group[i], outcomes[i]);
            }

            return true;
        }
        catch (IOException failure)
        {
            _failure.TrySetException(failure);
            group.ForEach(arrival => arrival.Recorded.TrySetException(failure));
            return true;
        }
        catch (Exception failure) when (failure is DbException or DbUpdateException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool TryEnter(Arrival arrival, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Arrival? before)
    {
        lock (_pending)
        {
            return _pending.TryGetValue(arrival.Instance.SopInstanceUid, out before) is false && _pending.TryAdd(arrival.Instance.SopInstanceUid, arrival);
        }
    }

    private void Leave(Arrival arrival, IntakeOutcome outcome)
    {
        arrival.Place?.Dispose();
        lock (_pending)
        {
            _pending.Remove(arrival.Instance.SopInstanceUid);
        }

        arrival.Recorded.TrySetResult(outcome);
    }

    /// <summary>An object on its way into the ledger.</summary>
    private sealed class Arrival(ArrivedInstance instance)
    {
        public ArrivedInstance Instance { get; } = instance;

        public TaskCompletionSource<IntakeOutcome> Recorded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Where it is in the log; null when it is not.</summary>
        public LogPlace? Place { get; set; }

        /// <summary>Its row, once it has its file.</summary>
        public LedgerInstance? Row { get; set; }
    }
}
