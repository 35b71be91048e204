using System.Net;
using System.Net.Sockets;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;
using FellowOakDicom.Network.Tls;
using FellowOakDicom.Network.UpperLayer;

namespace FellowOakDicom.Tests.Network;

/// <summary>A server of <see cref="TestScp"/> on a free loopback port, and clients to it.</summary>
internal sealed class Loopback : IDisposable
{
    internal Loopback(
        TestScpState? state = null, ITlsAcceptor? tls = null, UpperLayerLimits? limits = null, Action<DicomServerOptions>? configure = null)
    {
        state ??= new TestScpState();
        State = state;
        Port = FreePort();
        Server = (DicomServer<TestScp>)DicomServerFactory.Create<TestScp>(
            NetworkManager.IPv4Loopback, Port, tls, userState: state, configure: configure);
        Server.Limits = limits ?? UpperLayerLimits.Default;
    }

    internal TestScpState State { get; }

    internal int Port { get; }

    internal DicomServer<TestScp> Server { get; }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    internal IDicomClient Client(ITlsInitiator? tls = null, string callingAe = "SCU", string calledAe = "SCP") =>
        DicomClientFactory.Create("127.0.0.1", Port, tls, callingAe, calledAe);

    /// <summary>Sends requests in one association, and fails when that takes unreasonably long.</summary>
    internal async Task SendAsync(params DicomRequest[] requests)
    {
        IDicomClient client = Client();
        await client.AddRequestsAsync(requests);
        await client.SendAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Sends a C-ECHO in an association of its own.</summary>
    internal async Task<DicomStatus> EchoAsync(ITlsInitiator? tls = null)
    {
        DicomStatus? status = null;
        IDicomClient client = Client(tls);
        await client.AddRequestAsync(new DicomCEchoRequest { OnResponseReceived = (_, response) => status = response.Status });
        await client.SendAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return status!;
    }

    public void Dispose() => Server.Dispose();
}
