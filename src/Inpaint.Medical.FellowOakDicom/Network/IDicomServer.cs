using System.Text;
using FellowOakDicom.Network.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <summary>A listening server.</summary>
public interface IDicomServer : IDisposable
{
    string IPAddress { get; }

    /// <summary>The bound port.</summary>
    int Port { get; }

    bool IsListening { get; }

    /// <summary>Why the server does not listen; null if it does or was stopped.</summary>
    Exception Exception { get; }

    /// <summary>Settings of the associations to come.</summary>
    DicomServiceOptions Options { get; }

    ILogger Logger { get; set; }

    IServiceScope ServiceScope { get; set; }

    DicomServerRegistration Registration { get; set; }

    /// <summary>Binds, then accepts connections until stopped.</summary>
    Task StartAsync(
        string ipAddress,
        int port,
        ITlsAcceptor tlsAcceptor,
        Encoding fallbackEncoding,
        DicomServiceOptions serviceOptions,
        object userState,
        DicomServerOptions serverOptions);

    /// <summary>Stops listening; running associations go on.</summary>
    void Stop();
}

/// <summary>A server whose connections are served by <typeparamref name="T"/>.</summary>
public interface IDicomServer<T> : IDicomServer
    where T : DicomService, IDicomServiceProvider
{
}
