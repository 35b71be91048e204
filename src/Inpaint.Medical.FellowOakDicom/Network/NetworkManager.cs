using System.Net;
using System.Net.Sockets;
using FellowOakDicom.Network.Tls;

namespace FellowOakDicom.Network;

/// <summary>Names of addresses, and the base of network managers.</summary>
public abstract class NetworkManager : INetworkManager
{
    public const string IPv4Any = "0.0.0.0";
    public const string IPv6Any = "::";
    public const string IPv4Loopback = "127.0.0.1";
    public const string IPv6Loopback = "::1";

    public abstract INetworkListener CreateNetworkListener(string ipAddress, int port);

    public abstract Task<INetworkStream> AcceptAsync(TcpClient client, ITlsAcceptor tlsAcceptor, CancellationToken token);

    public abstract Task<INetworkStream> ConnectAsync(
        string host, int port, ITlsInitiator tlsInitiator, DicomServiceOptions options, CancellationToken token);
}

/// <summary>TCP by the sockets of the system.</summary>
public class DesktopNetworkManager : NetworkManager
{
    public override INetworkListener CreateNetworkListener(string ipAddress, int port) => new DesktopNetworkListener(ipAddress, port);

    public override async Task<INetworkStream> AcceptAsync(TcpClient client, ITlsAcceptor tlsAcceptor, CancellationToken token)
    {
        try
        {
            Stream stream = client.GetStream();
            var local = (IPEndPoint)client.Client.LocalEndPoint;
            string remote = ((IPEndPoint)client.Client.RemoteEndPoint).Address.ToString();
            Stream plain = tlsAcceptor switch
            {
                null => stream,
                DefaultTlsAcceptor acceptor => await acceptor.AcceptTlsAsync(stream, token).ConfigureAwait(false),
                _ => await Blocking(() => tlsAcceptor.AcceptTls(stream, remote, local.Port), token).ConfigureAwait(false),
            };
            return new DesktopNetworkStream(client, plain);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public override async Task<INetworkStream> ConnectAsync(
        string host, int port, ITlsInitiator tlsInitiator, DicomServiceOptions options, CancellationToken token)
    {
        var client = new TcpClient();
        try
        {
            DesktopNetworkListener.Configure(client, options);
            await client.ConnectAsync(host, port, token).ConfigureAwait(false);
            Stream stream = client.GetStream();
            Stream plain = tlsInitiator switch
            {
                null => stream,
                DefaultTlsInitiator initiator => await initiator.InitiateTlsAsync(stream, host, token).ConfigureAwait(false),
                _ => await Blocking(() => tlsInitiator.InitiateTls(stream, host, port), token).ConfigureAwait(false),
            };
            return new DesktopNetworkStream(client, plain);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>A handshake that blocks gets a thread of its own, so that silent peers do not use up the pool.</summary>
    private static Task<Stream> Blocking(Func<Stream> handshake, CancellationToken token) => Task.Factory
        .StartNew(handshake, token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        .WaitAsync(token);
}

internal sealed class DesktopNetworkListener : INetworkListener
{
    private const int Backlog = 512;
    private readonly TcpListener _listener;

    internal DesktopNetworkListener(string ipAddress, int port)
    {
        IPAddress address = IPAddress.TryParse(ipAddress, out IPAddress parsed) ? parsed : IPAddress.Any;
        _listener = new TcpListener(address, port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Start() => _listener.Start(Backlog);

    public void Stop() => _listener.Stop();

    public async Task<TcpClient> AcceptTcpClientAsync(DicomServiceOptions options, CancellationToken token)
    {
        TcpClient client = await _listener.AcceptTcpClientAsync(token).ConfigureAwait(false);
        Configure(client, options);
        return client;
    }

    public void Dispose() => _listener.Dispose();

    internal static void Configure(TcpClient client, DicomServiceOptions options)
    {
        client.NoDelay = options.TcpNoDelay;
        if (options.TcpReceiveBufferSize is { } receive)
        {
            client.ReceiveBufferSize = receive;
        }

        if (options.TcpSendBufferSize is { } send)
        {
            client.SendBufferSize = send;
        }
    }
}

internal sealed class DesktopNetworkStream : INetworkStream
{
    private readonly TcpClient _client;
    private readonly Stream _stream;

    internal DesktopNetworkStream(TcpClient client, Stream stream)
    {
        _client = client;
        _stream = stream;
        var remote = (IPEndPoint)client.Client.RemoteEndPoint;
        var local = (IPEndPoint)client.Client.LocalEndPoint;
        RemoteHost = remote.Address.ToString();
        RemotePort = remote.Port;
        LocalHost = local.Address.ToString();
        LocalPort = local.Port;
    }

    public string RemoteHost { get; }

    public string LocalHost { get; }

    public int RemotePort { get; }

    public int LocalPort { get; }

    public Stream AsStream() => _stream;

    public void Dispose()
    {
        // The socket first: it wakes a reader or writer that would make the disposal of a TLS stream wait.
        _client.Dispose();
        _stream.Dispose();
    }
}
