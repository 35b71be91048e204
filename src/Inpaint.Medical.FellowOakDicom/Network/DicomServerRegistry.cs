using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace FellowOakDicom.Network;

/// <summary>Knows the running servers by port and address.</summary>
public interface IDicomServerRegistry
{
    bool IsAvailable(int port, string ipAddress = NetworkManager.IPv4Any);

    /// <summary>The server there, or null.</summary>
    DicomServerRegistration Get(int port, string ipAddress = NetworkManager.IPv4Any);

    /// <exception cref="DicomNetworkException">There is a server already.</exception>
    DicomServerRegistration Register(IDicomServer dicomServer, Task task);

    void Unregister(DicomServerRegistration registration);
}

/// <summary>The registry of the current container.</summary>
public static class DicomServerRegistry
{
    private static IDicomServerRegistry Current => Setup.ServiceProvider.GetRequiredService<IDicomServerRegistry>();

    public static bool IsAvailable(int port, string ipAddress = NetworkManager.IPv4Any) => Current.IsAvailable(port, ipAddress);

    public static DicomServerRegistration Get(int port, string ipAddress = NetworkManager.IPv4Any) => Current.Get(port, ipAddress);

    public static DicomServerRegistration Register(IDicomServer dicomServer, Task task) => Current.Register(dicomServer, task);

    public static void Unregister(DicomServerRegistration registration) => Current.Unregister(registration);
}

/// <summary>A server and the task that accepts its connections; disposal takes it out of the registry.</summary>
public sealed class DicomServerRegistration : IDisposable
{
    private readonly IDicomServerRegistry _registry;

    public DicomServerRegistration(IDicomServerRegistry registry, IDicomServer dicomServer, Task task)
    {
        _registry = registry ?? throw new ArgumentNullException(nameof(registry));
        DicomServer = dicomServer ?? throw new ArgumentNullException(nameof(dicomServer));
        Task = task;
    }

    public IDicomServer DicomServer { get; }

    public Task Task { get; }

    public void Dispose() => _registry.Unregister(this);
}

internal sealed class DefaultDicomServerRegistry : IDicomServerRegistry
{
    private readonly ConcurrentDictionary<(int Port, string Address), DicomServerRegistration> _servers = new();

    public bool IsAvailable(int port, string ipAddress = NetworkManager.IPv4Any) => !_servers.ContainsKey((port, ipAddress));

    public DicomServerRegistration Get(int port, string ipAddress = NetworkManager.IPv4Any) =>
        _servers.GetValueOrDefault((port, ipAddress));

    public DicomServerRegistration Register(IDicomServer dicomServer, Task task)
    {
        ArgumentNullException.ThrowIfNull(dicomServer);
        var registration = new DicomServerRegistration(this, dicomServer, task);
        return _servers.TryAdd((dicomServer.Port, dicomServer.IPAddress), registration)
            ? registration
            : throw new DicomNetworkException(
                $"There is already a DICOM server registered on port {dicomServer.Port} of {dicomServer.IPAddress}.");
    }

    public void Unregister(DicomServerRegistration registration) => _servers.TryRemove(
        KeyValuePair.Create((registration.DicomServer.Port, registration.DicomServer.IPAddress), registration));
}
