using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using FellowOakDicom.Network.Tls;
using FellowOakDicom.Network.UpperLayer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <summary>Listens on a port and serves each connection by a service of its own, made by the container.</summary>
public class DicomServer<T> : IDicomServer<T>
    where T : DicomService, IDicomServiceProvider
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly DicomServerDependencies _dependencies;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<T, bool> _services = new();
    private readonly HalfOpenConnections _halfOpen = new();
    private INetworkListener _listener;
    private ITlsAcceptor _tlsAcceptor;
    private Encoding _fallbackEncoding;
    private object _userState;
    private SemaphoreSlim _places;
    private bool _isDisposed;

    public DicomServer(DicomServerDependencies dependencies)
    {
        _dependencies = dependencies ?? throw new ArgumentNullException(nameof(dependencies));
        Logger = dependencies.LoggerFactory.CreateLogger(DicomService.LogCategory);
    }

    public string IPAddress { get; private set; }

    public int Port { get; private set; }

    public bool IsListening { get; private set; }

    public Exception Exception { get; private set; }

    public DicomServiceOptions Options { get; private set; }

    public ILogger Logger { get; set; }

    public IServiceScope ServiceScope { get; set; }

    public DicomServerRegistration Registration { get; set; }

    /// <summary>Bounds of the connections to come.</summary>
    internal UpperLayerLimits Limits { get; set; } = UpperLayerLimits.Default;

    /// <summary>Number of connections that are being served.</summary>
    internal int ServiceCount => _services.Count;

    public virtual Task StartAsync(
        string ipAddress,
        int port,
        ITlsAcceptor tlsAcceptor,
        Encoding fallbackEncoding,
        DicomServiceOptions serviceOptions,
        object userState,
        DicomServerOptions serverOptions)
    {
        IPAddress = string.IsNullOrEmpty(ipAddress?.Trim()) ? NetworkManager.IPv4Any : ipAddress;
        Port = port;
        Options = serviceOptions;
        _tlsAcceptor = tlsAcceptor;
        _fallbackEncoding = fallbackEncoding ?? DicomEncoding.Default;
        _userState = userState;
        _places = serverOptions is { MaxClientsAllowed: > 0 and int most } ? new SemaphoreSlim(most, most) : null;
        try
        {
            _listener = _dependencies.NetworkManager.CreateNetworkListener(IPAddress, port);
            _listener.Start();
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            Logger.LogError("Port {Port} cannot be listened on: {Message}", port, exception.Message);
            Exception = exception;
            return Task.CompletedTask;
        }

        Port = _listener.Port;
        IsListening = true;
        return AcceptAllAsync();
    }

    public virtual void Stop()
    {
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            _listener?.Dispose();
            IsListening = false;
            Registration?.Dispose();
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops, and closes all connections at once.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Stop();
        foreach (T service in _services.Keys)
        {
            service.Dispose();
        }

        ServiceScope?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Makes the service of a connection.</summary>
    protected virtual T CreateScp(INetworkStream stream) =>
        ActivatorUtilities.CreateInstance<T>(ServiceScope.ServiceProvider, stream, _fallbackEncoding, Logger);

    private async Task AcceptAllAsync()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                TcpClient client = await AcceptAsync(stop).ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(client), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits for a connection; a failure, as when descriptors run out, is waited over.</summary>
    private async Task<TcpClient> AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptTcpClientAsync(Options, stop).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                stop.ThrowIfCancellationRequested();
                Logger.LogWarning("A connection could not be accepted: {Message}", exception.Message);
                await Task.Delay(PauseAfterFailure, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var evicted = new CancellationTokenSource();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(evicted.Token);
        limit.CancelAfter(Limits.AssociateTimeout);
        LinkedListNode<Action> halfOpen = _halfOpen.Add(() => Evict(client, evicted), Limits.HalfOpenConnections);
        bool hasPlace = false;
        T service = null;
        try
        {
            INetworkStream stream = await _dependencies.NetworkManager
                .AcceptAsync(client, _tlsAcceptor, limit.Token).ConfigureAwait(false);
            service = CreateService(stream);
            service.Admit = async () =>
            {
                await TakePlaceAsync(evicted.Token).ConfigureAwait(false);
                hasPlace = true;
                _halfOpen.Remove(halfOpen);
            };
            _services[service] = true;
            if (!_isDisposed)
            {
                await service.RunAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            Logger.LogWarning("A connection could not be served: {Kind}", exception.GetType().Name);
        }
        finally
        {
            _halfOpen.Remove(halfOpen);
            service?.Dispose();
            client.Dispose();
            if (service != null)
            {
                _services.TryRemove(service, out _);
            }

            if (hasPlace)
            {
                _places?.Release();
            }
        }
    }

    private static void Evict(TcpClient client, CancellationTokenSource evicted)
    {
        client.Dispose();
        try
        {
            evicted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at the same moment.
        }
    }

    /// <summary>Waits for one of the allowed places; a peer needs one when it asks for an association, not to be connected.</summary>
    private Task TakePlaceAsync(CancellationToken cancellation) => _places?.WaitAsync(cancellation) ?? Task.CompletedTask;

    private T CreateService(INetworkStream stream)
    {
        T service = CreateScp(stream);
        service.Options = Options.Clone();
        service.Limits = Limits;
        service.UserState = _userState;
        return service;
    }
}
