using System.Text;
using FellowOakDicom.Network.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FellowOakDicom.Network;

/// <summary>Creates and starts servers.</summary>
public interface IDicomServerFactory
{
    /// <exception cref="DicomNetworkException">There is a server on the port already.</exception>
    IDicomServer Create<T>(
        int port,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        object userState = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider;

    /// <exception cref="DicomNetworkException">There is a server on the port already.</exception>
    IDicomServer Create<T>(
        string ipAddress,
        int port,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        object userState = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider;

    /// <exception cref="DicomNetworkException">There is a server on the port already.</exception>
    IDicomServer Create<T, TServer>(
        string ipAddress,
        int port,
        object userState = null,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider
        where TServer : IDicomServer<T>;
}

/// <summary>The factory of the current container.</summary>
public static class DicomServerFactory
{
    private static IDicomServerFactory Current => Setup.ServiceProvider.GetRequiredService<IDicomServerFactory>();

    public static IDicomServer Create<T>(
        int port,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        object userState = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider =>
        Current.Create<T>(port, tlsAcceptor, fallbackEncoding, logger, userState, configure);

    public static IDicomServer Create<T>(
        string ipAddress,
        int port,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        object userState = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider =>
        Current.Create<T>(ipAddress, port, tlsAcceptor, fallbackEncoding, logger, userState, configure);

    public static IDicomServer Create<T, TServer>(
        string ipAddress,
        int port,
        object userState = null,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider
        where TServer : IDicomServer<T> =>
        Current.Create<T, TServer>(ipAddress, port, userState, tlsAcceptor, fallbackEncoding, logger, configure);
}

internal sealed class DefaultDicomServerFactory : IDicomServerFactory
{
    private readonly IServiceScopeFactory _scopes;
    private readonly IDicomServerRegistry _registry;
    private readonly IOptions<DicomServiceOptions> _serviceOptions;
    private readonly IOptions<DicomServerOptions> _serverOptions;

    public DefaultDicomServerFactory(
        IServiceScopeFactory scopes,
        IDicomServerRegistry registry,
        IOptions<DicomServiceOptions> serviceOptions,
        IOptions<DicomServerOptions> serverOptions)
    {
        _scopes = scopes;
        _registry = registry;
        _serviceOptions = serviceOptions;
        _serverOptions = serverOptions;
    }

    public IDicomServer Create<T>(
        int port,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        object userState = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider =>
        Create<T>(NetworkManager.IPv4Any, port, tlsAcceptor, fallbackEncoding, logger, userState, configure);

    public IDicomServer Create<T>(
        string ipAddress,
        int port,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        object userState = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider =>
        Create<T, DicomServer<T>>(ipAddress, port, userState, tlsAcceptor, fallbackEncoding, logger, configure);

    public IDicomServer Create<T, TServer>(
        string ipAddress,
        int port,
        object userState = null,
        ITlsAcceptor tlsAcceptor = null,
        Encoding fallbackEncoding = null,
        ILogger logger = null,
        Action<DicomServerOptions> configure = null)
        where T : DicomService, IDicomServiceProvider
        where TServer : IDicomServer<T>
    {
        string address = string.IsNullOrEmpty(ipAddress?.Trim()) ? NetworkManager.IPv4Any : ipAddress;
        if (port != 0 && !_registry.IsAvailable(port, address))
        {
            throw new DicomNetworkException($"There is already a DICOM server registered on port {port} of {address}.");
        }

        IServiceScope scope = _scopes.CreateScope();
        var server = ActivatorUtilities.CreateInstance<TServer>(scope.ServiceProvider);
        server.ServiceScope = scope;
        server.Logger = logger ?? server.Logger;
        DicomServerOptions options = _serverOptions.Value.Clone();
        configure?.Invoke(options);
        ITlsAcceptor acceptor = tlsAcceptor ?? scope.ServiceProvider.GetService<ITlsAcceptor>();
        Task running = server.StartAsync(
            address, port, acceptor, fallbackEncoding, _serviceOptions.Value.Clone(), userState, options);
        if (server.IsListening)
        {
            server.Registration = _registry.Register(server, running);
        }

        return server;
    }
}
