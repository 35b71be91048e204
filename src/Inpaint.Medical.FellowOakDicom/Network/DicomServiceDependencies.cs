using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <summary>What a service needs from the container; constructed by it.</summary>
public class DicomServiceDependencies
{
    public DicomServiceDependencies(ILoggerFactory loggerFactory, INetworkManager networkManager)
    {
        LoggerFactory = loggerFactory;
        NetworkManager = networkManager;
    }

    public ILoggerFactory LoggerFactory { get; }

    public INetworkManager NetworkManager { get; }
}

/// <summary>What a server needs from the container; constructed by it.</summary>
public class DicomServerDependencies
{
    public DicomServerDependencies(INetworkManager networkManager, ILoggerFactory loggerFactory)
    {
        NetworkManager = networkManager;
        LoggerFactory = loggerFactory;
    }

    public INetworkManager NetworkManager { get; }

    public ILoggerFactory LoggerFactory { get; }
}
