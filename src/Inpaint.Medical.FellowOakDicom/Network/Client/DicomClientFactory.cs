using FellowOakDicom.Network.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FellowOakDicom.Network.Client;

/// <summary>Creates clients.</summary>
public interface IDicomClientFactory
{
    /// <exception cref="ArgumentException">An AE title has more than 16 characters.</exception>
    IDicomClient Create(string host, int port, bool useTls, string callingAe, string calledAe);

    /// <param name="host">Name or address.</param>
    /// <param name="port">Port.</param>
    /// <param name="tlsInitiator">Null for plain TCP.</param>
    /// <param name="callingAe">Our AE title.</param>
    /// <param name="calledAe">AE title of the peer.</param>
    /// <exception cref="ArgumentException">An AE title has more than 16 characters.</exception>
    IDicomClient Create(string host, int port, ITlsInitiator tlsInitiator, string callingAe, string calledAe);
}

/// <summary>The factory of the current container.</summary>
public static class DicomClientFactory
{
    private static IDicomClientFactory Current => Setup.ServiceProvider.GetRequiredService<IDicomClientFactory>();

    public static IDicomClient Create(string host, int port, bool useTls, string callingAe, string calledAe) =>
        Current.Create(host, port, useTls, callingAe, calledAe);

    public static IDicomClient Create(string host, int port, ITlsInitiator tlsInitiator, string callingAe, string calledAe) =>
        Current.Create(host, port, tlsInitiator, callingAe, calledAe);
}

internal sealed class DefaultDicomClientFactory : IDicomClientFactory
{
    private readonly IServiceProvider _services;
    private readonly DicomServiceDependencies _dependencies;
    private readonly IOptions<DicomClientOptions> _clientOptions;
    private readonly IOptions<DicomServiceOptions> _serviceOptions;

    public DefaultDicomClientFactory(
        IServiceProvider services,
        DicomServiceDependencies dependencies,
        IOptions<DicomClientOptions> clientOptions,
        IOptions<DicomServiceOptions> serviceOptions)
    {
        _services = services;
        _dependencies = dependencies;
        _clientOptions = clientOptions;
        _serviceOptions = serviceOptions;
    }

    public IDicomClient Create(string host, int port, bool useTls, string callingAe, string calledAe)
    {
        ITlsInitiator initiator = useTls ? _services.GetService<ITlsInitiator>() ?? new DefaultTlsInitiator() : null;
        return Create(host, port, initiator, callingAe, calledAe);
    }

    public IDicomClient Create(string host, int port, ITlsInitiator tlsInitiator, string callingAe, string calledAe)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new DicomClient(
            host,
            port,
            tlsInitiator,
            CheckedAe(callingAe, nameof(callingAe)),
            CheckedAe(calledAe, nameof(calledAe)),
            _clientOptions.Value.Clone(),
            _serviceOptions.Value.Clone(),
            _dependencies);
    }

    private static string CheckedAe(string title, string parameter)
    {
        ArgumentNullException.ThrowIfNull(title, parameter);
        return title.Length <= 16
            ? title
            : throw new ArgumentException($"AE title '{title}' has {title.Length} characters; 16 are possible.", parameter);
    }
}
