using System.Collections.Concurrent;
using System.Text;
using FellowOakDicom.IO;
using FellowOakDicom.Network.UpperLayer;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <summary>
/// One association, either side. Handlers are called one after another; those of C-FIND, C-MOVE and C-GET run beside the reader, so that
/// they may wait for responses to requests of their own.
/// </summary>
public abstract partial class DicomService : IDicomServiceRunner, IDisposable, IPduSink
{
    /// <summary>Where the data set of a C-STORE request is written as it arrives; see <see cref="CreateCStoreReceiveStream"/>.</summary>
    protected Stream _dimseStream;

    /// <summary>The file behind <see cref="_dimseStream"/>; null if there is none.</summary>
    protected IFileReference _dimseStreamFile;

    private readonly INetworkStream _network;
    private readonly Stream _stream;
    private readonly Encoding _fallbackEncoding;
    private readonly UpperLayerMachine _machine = new();
    private readonly ConcurrentDictionary<ushort, DicomRequest> _pending = new();
    private readonly CancellationTokenSource _closing = new();
    private Exception _failure;
    private int _isClosed;

    protected DicomService(
        INetworkStream stream, Encoding fallbackEncoding, ILogger logger, DicomServiceDependencies dependencies)
    {
        _network = stream ?? throw new ArgumentNullException(nameof(stream));
        _stream = stream.AsStream();
        _fallbackEncoding = fallbackEncoding ?? DicomEncoding.Default;
        Logger = logger ?? dependencies?.LoggerFactory.CreateLogger(LogCategory)
            ?? throw new ArgumentNullException(nameof(dependencies));
        Options = new DicomServiceOptions();
    }

    public ILogger Logger { get; set; }

    public DicomServiceOptions Options { get; set; }

    public object UserState { get; set; }

    public DicomAssociation Association { get; internal set; }

    public bool IsConnected => Volatile.Read(ref _isClosed) == 0;

    /// <summary>No request waits to be sent or to be answered.</summary>
    public bool IsSendQueueEmpty => _pending.IsEmpty && Volatile.Read(ref _queued) == 0;

    public int MaximumPDUsInQueue { get; set; } = 16;

    internal const string LogCategory = "FellowOakDicom.Network";

    internal UpperLayerLimits Limits { get; set; } = UpperLayerLimits.Default;

    /// <summary>Waits until the server has a place for the association that the peer asks for.</summary>
    internal Func<Task> Admit { get; set; } = () => Task.CompletedTask;

    private bool IsAcceptor => this is IDicomServiceProvider;

    /// <summary>Serves the connection until it ends; does not throw for what the peer does.</summary>
    public virtual async Task RunAsync()
    {
        using var watch = new Timer(_ => OnWatch(), null, WatchPeriod, WatchPeriod);
        using var reader = new PduReader(_stream, Limits, () => Options.MaxPDULength);
        _reader = reader;
        try
        {
            if (IsAcceptor)
            {
                await MoveAsync(UpperLayerEvent.TransportIndicated).ConfigureAwait(false);
            }

            await ReadPdusAsync(reader).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A peer that vanishes, a handler that throws: both end this association and nothing else.
            _failure ??= IsConnected ? exception : null;
        }
        finally
        {
            End();
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the connection at once, without an A-ABORT.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            CloseTransport();
        }
    }

    /// <summary>Called when the last outstanding request has been answered.</summary>
    protected virtual Task OnSendQueueEmptyAsync() => Task.CompletedTask;

    /// <summary>Ends the association, if it has not ended yet, because our side failed.</summary>
    private void Fail(Exception exception)
    {
        if (!IsConnected)
        {
            return;
        }

        Logger.LogError("Association ended by an error: {Kind}", exception.GetType().Name);
        _failure ??= exception;
        CloseTransport();
    }

    private void CloseTransport()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _network.Dispose();
            _closing.Cancel();
        }
    }

    private void End()
    {
        _machine.TryMove(UpperLayerEvent.TransportClosed, otherwise: false, out _);
        CloseTransport();
        DiscardIncoming();
        try
        {
            (this as IDicomService)?.OnConnectionClosed(_failure);
        }
        catch (Exception exception)
        {
            Logger.LogError("OnConnectionClosed threw {Kind}", exception.GetType().Name);
        }

        _pending.Clear();
    }
}
