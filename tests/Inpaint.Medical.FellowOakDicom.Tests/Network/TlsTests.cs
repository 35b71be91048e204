using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;
using FellowOakDicom.Network.Tls;

namespace FellowOakDicom.Tests.Network;

/// <summary>TLS on loopback and with DCMTK: versions, mutual authentication, refusals.</summary>
[Collection(NetworkCollection.Name)]
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    [Fact]
    public void DefaultsAreTls12And13Only()
    {
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, new DefaultTlsAcceptor(_certificates.Server).Protocols);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, new DefaultTlsInitiator().Protocols);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task MutuallyAuthenticatedStoreSucceeds(SslProtocols protocol)
    {
        DicomFile sent = Objects.Ct(300, 300);
        byte[]? received = null;
        var state = new TestScpState
        {
            OnStore = request =>
            {
                received = request.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state, Acceptor());
        DefaultTlsInitiator initiator = Initiator();
        initiator.Protocols = protocol;
        IDicomClient client = loopback.Client(initiator);
        await client.AddRequestAsync(new DicomCStoreRequest(sent));

        await client.SendAsync();

        Assert.Equal(sent.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data, received);
    }

    [Fact]
    public async Task PeersWithoutOurTrustAreRefused()
    {
        using var loopback = new Loopback(tls: Acceptor());
        DefaultTlsInitiator none = Initiator();
        none.Certificates = null;
        DefaultTlsInitiator stranger = Initiator();
        stranger.Certificates = [_certificates.Stranger];
        DefaultTlsInitiator careful = Initiator();
        careful.CertificateValidationCallback = null;

        await Assert.ThrowsAnyAsync<Exception>(() => loopback.EchoAsync(none));
        await Assert.ThrowsAnyAsync<Exception>(() => loopback.EchoAsync(stranger));
        var error = await Assert.ThrowsAsync<AggregateException>(() => loopback.EchoAsync(careful));
        Assert.Contains(error.Flatten().InnerExceptions, inner => inner is AuthenticationException);
        await Assert.ThrowsAnyAsync<Exception>(() => loopback.EchoAsync());
        Assert.Empty(loopback.State.Associations);
        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync(Initiator()));
    }

    [Fact]
    public async Task OldVersionsAndWeakSuitesAreRefused()
    {
        using var loopback = new Loopback(tls: Acceptor());
        foreach (SslProtocols old in OldProtocols())
        {
            await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(loopback.Port, new SslClientAuthenticationOptions
            {
                TargetHost = "localhost", EnabledSslProtocols = old, RemoteCertificateValidationCallback = _certificates.Validate,
                ClientCertificates = [_certificates.Client],
            }));
        }

        if (OperatingSystem.IsLinux())
        {
            var weak = new SslClientAuthenticationOptions
            {
                TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls12, RemoteCertificateValidationCallback = _certificates.Validate,
                ClientCertificates = [_certificates.Client],
                CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]),
            };
            await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(loopback.Port, weak));
        }

        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync(Initiator()));
    }

    [Fact]
    public async Task StalledHandshakesDoNotKeepOthersOut()
    {
        using var loopback = new Loopback(tls: Acceptor());
        var stalled = new List<RawPeer>();
        for (int i = 0; i < 50; i++)
        {
            stalled.Add(await RawPeer.ConnectAsync(loopback.Port));
        }

        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync(Initiator()));
        foreach (RawPeer peer in stalled)
        {
            await peer.DisposeAsync();
        }
    }

    [Fact]
    public async Task DcmtkClientsAreServedWithCertificateAndRefusedWithout()
    {
        using var folder = new TemporaryFolder();
        using var loopback = new Loopback(tls: Acceptor());
        (string key, string certificate) = _certificates.Pem(_certificates.Client);
        string[] where = ["127.0.0.1", $"{loopback.Port}"];
        Objects.Ct(200, 200).Save(folder.File("a.dcm"));

        (int code, string text) = await Dcmtk.RunAsync("echoscu", ["+tls", key, certificate, "+cf", _certificates.AuthorityFile, .. where]);
        Assert.True(code == 0, text);
        (code, text) = await Dcmtk.RunAsync(
            "storescu", ["+tls", key, certificate, "+cf", _certificates.AuthorityFile, .. where, folder.File("a.dcm")]);
        Assert.True(code == 0, text);
        Assert.Equal(2, loopback.State.Associations.Count);

        (code, _) = await Dcmtk.RunAsync("echoscu", ["+tla", "+cf", _certificates.AuthorityFile, .. where]);
        Assert.NotEqual(0, code);
        (code, _) = await Dcmtk.RunAsync("echoscu", where);
        Assert.NotEqual(0, code);
        Assert.Equal(2, loopback.State.Associations.Count);
    }

    [Fact]
    public async Task DcmtkServerTakesOurObjectsOverTls()
    {
        using var folder = new TemporaryFolder();
        (string key, string certificate) = _certificates.Pem(_certificates.Server);
        int port = Loopback.FreePort();
        using Dcmtk server = await Dcmtk.ServeAsync(
            "storescp", port, "+tls", key, certificate, "+cf", _certificates.AuthorityFile, "-od", folder.Path, $"{port}");
        IDicomClient client = DicomClientFactory.Create("127.0.0.1", port, Initiator(), "SCU", "STORESCP");
        var codes = new List<ushort>();
        await client.AddRequestsAsync(Enumerable.Range(0, 5).Select(_ =>
            new DicomCStoreRequest(Objects.Ct(200, 200)) { OnResponseReceived = (_, response) => codes.Add(response.Status.Code) }));

        await client.SendAsync();

        Assert.Equal(Enumerable.Repeat((ushort)0, 5), codes);
        Assert.Equal(5, Directory.GetFiles(folder.Path).Length);
    }

    public void Dispose() => _certificates.Dispose();

    private static IEnumerable<SslProtocols> OldProtocols()
    {
#pragma warning disable CA5397, CS0618, SYSLIB0039 // They are what must be refused.
        yield return SslProtocols.Tls;
        yield return SslProtocols.Tls11;
#pragma warning restore CA5397, CS0618, SYSLIB0039
    }

    private static async Task HandshakeAsync(int port, SslClientAuthenticationOptions options)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(options);
        await stream.WriteAsync(RawPeer.Request(DicomUID.Verification));
        Assert.NotEqual(0, await stream.ReadAsync(new byte[10]));
    }

    private DefaultTlsAcceptor Acceptor() => new(_certificates.Server)
    {
        RequireMutualAuthentication = true,
        CertificateValidationCallback = _certificates.Validate,
    };

    private DefaultTlsInitiator Initiator() => new()
    {
        Certificates = [_certificates.Client],
        CertificateValidationCallback = _certificates.Validate,
    };
}
