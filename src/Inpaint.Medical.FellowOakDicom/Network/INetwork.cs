using System.Net.Sockets;
using FellowOakDicom.Network.Tls;

namespace FellowOakDicom.Network;

/// <summary>One transport connection.</summary>
public interface INetworkStream : IDisposable
{
    string RemoteHost { get; }

    string LocalHost { get; }

    int RemotePort { get; }

    int LocalPort { get; }

    Stream AsStream();
}

/// <summary>Listens for transport connections.</summary>
public interface INetworkListener : IDisposable
{
    /// <summary>The bound port; differs from the one asked for when that was 0.</summary>
    int Port { get; }

    void Start();

    void Stop();

    Task<TcpClient> AcceptTcpClientAsync(DicomServiceOptions options, CancellationToken token);
}

/// <summary>Opens and accepts transport connections.</summary>
public interface INetworkManager
{
    INetworkListener CreateNetworkListener(string ipAddress, int port);

    /// <summary>Wraps an accepted connection, with a TLS handshake if there is an acceptor; what fails is closed.</summary>
    Task<INetworkStream> AcceptAsync(TcpClient client, ITlsAcceptor tlsAcceptor, CancellationToken token);

    /// <summary>Connects to a peer, with a TLS handshake if there is an initiator; what fails is closed.</summary>
    Task<INetworkStream> ConnectAsync(
        string host, int port, ITlsInitiator tlsInitiator, DicomServiceOptions options, CancellationToken token);
}
