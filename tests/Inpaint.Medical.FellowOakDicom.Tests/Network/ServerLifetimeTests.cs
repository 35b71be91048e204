using System.Net.Sockets;
using System.Text;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Tests.Network;

/// <summary>Starting, stopping and wiring of servers and clients.</summary>
[Collection(NetworkCollection.Name)]
public sealed class ServerLifetimeTests
{
    [Fact]
    public async Task StopEndsListeningButNotRunningAssociations()
    {
        var release = new TaskCompletionSource();
        var state = new TestScpState
        {
            OnEcho = async _ =>
            {
                await release.Task;
                return DicomStatus.Success;
            },
        };
        using var loopback = new Loopback(state);
        Task<DicomStatus> running = loopback.EchoAsync();
        await Eventually.IsTrue(() => state.Associations.Count == 1);

        loopback.Server.Stop();
        release.SetResult();

        Assert.Equal(DicomStatus.Success, await running);
        await Assert.ThrowsAsync<AggregateException>(() => loopback.EchoAsync());
    }

    [Fact]
    public async Task DisposeClosesRunningAssociationsAtOnce()
    {
        using var loopback = new Loopback();
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);

        loopback.Server.Dispose();

        Assert.Equal(0, (await peer.ReadAsync(5)).Type);
        await Eventually.IsTrue(() => loopback.State.Closed.Count == 1);
    }

    [Fact]
    public async Task PortZeroGetsAFreePortThatIsReported()
    {
        using IDicomServer server = DicomServerFactory.Create<DicomCEchoProvider>(NetworkManager.IPv4Loopback, 0);
        Assert.True(server.Port > 0);
        DicomStatus? status = null;
        IDicomClient client = DicomClientFactory.Create("127.0.0.1", server.Port, null, "SCU", "SCP");
        await client.AddRequestAsync(new DicomCEchoRequest { OnResponseReceived = (_, response) => status = response.Status });

        await client.SendAsync();

        Assert.Equal(DicomStatus.Success, status);
    }

    [Fact]
    public void PortOfAnotherProgramIsReportedAsException()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        using IDicomServer server = DicomServerFactory.Create<DicomCEchoProvider>(NetworkManager.IPv4Loopback, port);

        Assert.False(server.IsListening);
        Assert.IsType<SocketException>(server.Exception);
    }

    [Fact]
    public async Task FactoriesOptionsAndServicesComeFromTheContainer()
    {
        var services = new ServiceCollection();
        services.AddFellowOakDicom();
        services.AddDicomClient(options => options.AssociationLingerTimeoutInMs = 1);
        services.AddDicomServer(options => options.MaxClientsAllowed = 3);
        services.AddSingleton(new Greeting("hello"));
        await using ServiceProvider provider = services.BuildServiceProvider();
        var state = new StringBuilder();
        using IDicomServer server = provider.GetRequiredService<IDicomServerFactory>()
            .Create<GreetingScp>(NetworkManager.IPv4Loopback, Loopback.FreePort(), userState: state);
        IDicomClient client = provider.GetRequiredService<IDicomClientFactory>().Create("127.0.0.1", server.Port, false, "SCU", "SCP");
        await client.AddRequestAsync(new DicomCEchoRequest());

        await client.SendAsync();

        Assert.Equal(1, client.ClientOptions.AssociationLingerTimeoutInMs);
        Assert.Equal("hello", state.ToString());
    }

    [Fact]
    public async Task ServiceThatCannotBeMadeCostsNoPlace()
    {
        int port = Loopback.FreePort();
        using IDicomServer server = DicomServerFactory.Create<GreetingScp>(
            NetworkManager.IPv4Loopback, port, configure: options => options.MaxClientsAllowed = 1);

        for (int i = 0; i < 3; i++)
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(port);
            Assert.Equal(0, (await peer.ReadAsync(5)).Type);
        }
    }

    [Fact]
    public async Task OptionsChangedAfterCreationHoldForNewAssociations()
    {
        using var loopback = new Loopback();
        loopback.Server.Options.MaxPDULength = 32768;
        uint? length = null;
        IDicomClient client = loopback.Client();
        client.AssociationAccepted += (_, args) => length = args.Association.MaximumPDULength;
        await client.AddRequestAsync(new DicomCEchoRequest());

        await client.SendAsync();

        Assert.Equal(32768u, length);
    }

    [Fact]
    public async Task ReleasesThatCrossEachOtherEndInOrder()
    {
        TestScp? service = null;
        var state = new TestScpState();
        state.OnAssociation = (association, scp) =>
        {
            service = scp;
            return scp.AcceptAsync(association);
        };
        using var loopback = new Loopback(state);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);

        await service!.ReleaseAsync();
        Assert.Equal(5, (await peer.ReadAsync()).Type);
        await peer.WriteAsync(RawPeer.Pdu(5, 0, 0, 0, 0));
        await peer.WriteAsync(RawPeer.Pdu(6, 0, 0, 0, 0));
        Assert.Equal(6, (await peer.ReadAsync()).Type);
        await peer.DisposeAsync();

        await Eventually.IsTrue(() => state.Closed.Count == 1);
        Assert.Null(Assert.Single(state.Closed));
        Assert.Empty(state.Aborts);
    }

    [Fact]
    public async Task SmallPdusOfThePeerAreRespected()
    {
        using var loopback = new Loopback();
        await using RawPeer peer = await RawPeer.ConnectAsync(loopback.Port);
        await peer.WriteAsync(RawPeer.Request(DicomUID.Verification, pduLength: 64));
        Assert.Equal(2, (await peer.ReadAsync()).Type);
        await peer.WriteAsync(RawPeer.Pdu(4, RawPeer.Pdv(1, 3, FellowOakDicom.Network.UpperLayer.CommandSet.Write(new DicomCEchoRequest().Command))));

        var command = new List<byte>();
        while (true)
        {
            (byte type, byte[] body) = await peer.ReadAsync();
            Assert.Equal(4, type);
            Assert.InRange(body.Length, 7, 64);
            command.AddRange(body[6..]);
            if ((body[5] & 2) != 0)
            {
                break;
            }
        }

        Assert.Equal(0, FellowOakDicom.Network.UpperLayer.CommandSet.Read([.. command]).GetSingleValue<ushort>(DicomTag.Status));
    }

    /// <summary>A service of the container.</summary>
    public sealed record Greeting(string Text);

    /// <summary>Takes its parameters in another order, and one from the container.</summary>
    public sealed class GreetingScp : DicomService, IDicomServiceProvider, IDicomCEchoProvider
    {
        private readonly Greeting _greeting;

        public GreetingScp(
            Greeting greeting, ILogger logger, DicomServiceDependencies dependencies, INetworkStream stream, Encoding fallbackEncoding)
            : base(stream, fallbackEncoding, logger, dependencies)
        {
            _greeting = greeting;
        }

        public Task OnReceiveAssociationRequestAsync(DicomAssociation association)
        {
            foreach (DicomPresentationContext context in association.PresentationContexts)
            {
                context.SetResult(DicomPresentationContextResult.Accept);
            }

            return SendAssociationAcceptAsync(association);
        }

        public Task OnReceiveAssociationReleaseRequestAsync() => SendAssociationReleaseResponseAsync();

        public void OnReceiveAbort(DicomAbortSource source, DicomAbortReason reason)
        {
        }

        public void OnConnectionClosed(Exception exception)
        {
        }

        public Task<DicomCEchoResponse> OnCEchoRequestAsync(DicomCEchoRequest request)
        {
            ((StringBuilder)UserState).Append(_greeting.Text);
            return Task.FromResult(new DicomCEchoResponse(request, DicomStatus.Success));
        }
    }
}
