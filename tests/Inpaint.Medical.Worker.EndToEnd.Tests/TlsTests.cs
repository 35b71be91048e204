using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using FellowOakDicom.Tests.Network;
using Inpaint.Medical.TestSupport;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Associations over TLS, in and out: both sides show certificates, or nothing is sent.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-tls").FullName;
    private readonly TestCertificates _certificates = new();
    private readonly int _tlsPort = RunningWorker.FreePort();

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task GivenTlsPort_WhenPeersKnockWithAndWithoutCertificates_ThenOnlyThoseOfOurAuthorityAreServed()
    {
        string[] files = Material.WholePhantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync();

        Assert.Equal(0, Send(files, [.. With(_certificates.Client), "+cf", _certificates.AuthorityFile]).ExitCode);
        await RunningWorker.UntilAsync(async () => (await new Audit(Data).JobsAsync()).Sum(job => job.InstanceCount) == files.Length, "all rows are written");
        await new Audit(Data).ReceivedAsync(files);

        // Told to trust whatever we show, so that the refusal is ours.
        Assert.NotEqual(0, Send(files, [.. With(_certificates.Stranger), "-ic"]).ExitCode);
        Assert.NotEqual(0, Send(files, ["+tla", "-ic"]).ExitCode);
        Assert.NotEqual(0, Send(files, []).ExitCode);
    }

    [Fact]
    public async Task GivenTlsPort_WhenAnOldVersionIsOffered_ThenItIsRefusedByItsName()
    {
        Assert.SkipUnless(Peer.IsInstalled("openssl"), "openssl is not installed.");
        using RunningWorker worker = await StartAsync();

        Assert.Contains("Protocol  : TLSv1.2", Handshake("-tls1_2"), StringComparison.Ordinal);
        Assert.Contains("TLSv1.3", Handshake("-tls1_3"), StringComparison.Ordinal);
        Assert.Contains("alert protocol version", Handshake("-tls1_1"), StringComparison.Ordinal);
        Assert.Contains("alert protocol version", Handshake("-tls1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenHandshakesThatStall_WhenAGoodPeerComes_ThenItIsServed()
    {
        string[] files = Material.WholePhantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync();
        var stalled = new List<TcpClient>();
        for (int i = 0; i < 60; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _tlsPort);

            // The beginning of a ClientHello; on every second connection not even that.
            await client.GetStream().WriteAsync(i % 2 == 0 ? new byte[] { 0x16, 3, 1, 2, 0, 1 } : []);
            stalled.Add(client);
        }

        Assert.Equal(0, Send(files, [.. With(_certificates.Client), "+cf", _certificates.AuthorityFile]).ExitCode);
        Assert.All(stalled.Take(10), client => Assert.True(client.Connected));
        stalled.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task GivenADestinationOfDcmtkOverTls_WhenASeriesIsFilled_ThenItIsThere()
    {
        int port = RunningWorker.FreePort();
        string store = Directory.CreateDirectory(Path.Combine(_folder, "store")).FullName;
        using var storescp = new ExternalProgram(
            "storescp", [.. With(_certificates.Server), "+cf", _certificates.AuthorityFile, "--fork", "-od", store, $"{port}"]);
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync("--deliver", $"STORESCP@localhost:{port},tls");

        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() is "done" or "dead", "the job ends");

        await new Audit(Data).DeliveredAsync([material.SeriesUid], OrthancTests.Held(Directory.GetFiles(store)));
    }

    [Fact]
    public async Task GivenADestinationOfAnotherAuthority_WhenASeriesIsFilled_ThenNothingIsSentToIt()
    {
        using var other = new TestCertificates();
        int port = RunningWorker.FreePort();
        string store = Directory.CreateDirectory(Path.Combine(_folder, "store")).FullName;
        (string key, string certificate) = other.Pem(other.Server);
        using var storescp = new ExternalProgram("storescp", "+tls", key, certificate, "-ic", "--fork", "-od", store, $"{port}");
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync("--deliver", $"STORESCP@localhost:{port},tls");

        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => (await new Audit(Data).JobsAsync()).Any(job => job.Attempts >= 2), "it was tried twice");

        Assert.Empty(Directory.GetFiles(store));
    }

    [Fact]
    public async Task GivenAnOrthancThatAsksForCertificates_WhenASeriesIsFilled_ThenItHoldsIt()
    {
        int dicom = RunningWorker.FreePort(), http = RunningWorker.FreePort();
        int port = RunningWorker.FreePort();
        using ExternalProgram orthanc = StartOrthanc(dicom, http, port);
        using var client = new HttpClient();
        await RunningWorker.UntilAsync(async () => (await client.GetAsync($"http://127.0.0.1:{http}/system")).IsSuccessStatusCode, "Orthanc is ready");
        Material material = Material.Phantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync("--port", $"{port}", "--deliver", $"ORTHANC@localhost:{dicom},tls");

        Assert.True(Sender.Send(worker.Port, material.Files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() is "done" or "dead", "the job ends");

        Assert.Equal("done", await worker.NewestStateAsync());
        Assert.Equal(material.SlicesWhenFilled, JsonNode.Parse(await client.GetStringAsync($"http://127.0.0.1:{http}/instances"))!.AsArray().Count);
    }

    /// <param name="workerPort">Where it reports storage commitment, in the clear.</param>
    private ExternalProgram StartOrthanc(int dicom, int http, int workerPort)
    {
        (string key, string certificate) = _certificates.Pem(_certificates.Server);
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "orthanc")).FullName;
        string file = Path.Combine(folder, "orthanc.json");
        File.WriteAllText(file, new JsonObject
        {
            ["StorageDirectory"] = folder,
            ["IndexDirectory"] = folder,
            ["HttpPort"] = http,
            ["DicomPort"] = dicom,
            ["DicomAet"] = "ORTHANC",
            ["DicomAlwaysAllowFind"] = true,
            ["DicomModalities"] = new JsonObject { ["worker"] = new JsonArray("INPAINT", "127.0.0.1", workerPort) },
            ["DicomTlsEnabled"] = true,
            ["DicomTlsPrivateKey"] = key,
            ["DicomTlsCertificate"] = certificate,
            ["DicomTlsTrustedCertificates"] = _certificates.AuthorityFile,
            ["DicomTlsRemoteCertificateRequired"] = true,
        }.ToJsonString());
        return new ExternalProgram(Peer.IsInstalled("/usr/sbin/Orthanc") ? "/usr/sbin/Orthanc" : "Orthanc", file);
    }

    private (int ExitCode, string Output) Send(string[] files, string[] how) =>
        ExternalProgram.Run("storescu", [.. how, "-aet", "SCANNER", "-aec", "INPAINT", "127.0.0.1", $"{_tlsPort}", .. files]);

    private string[] With(X509Certificate2 certificate)
    {
        (string key, string pem) = _certificates.Pem(certificate);
        return ["+tls", key, pem];
    }

    /// <summary>What openssl says of a handshake of one version, with a certificate that is accepted and no ciphers held back.</summary>
    private string Handshake(string version)
    {
        (string key, string certificate) = _certificates.Pem(_certificates.Client);
        using Process openssl = Process.Start(new ProcessStartInfo(
            "openssl", ["s_client", version, "-connect", $"127.0.0.1:{_tlsPort}", "-cipher", "ALL:@SECLEVEL=0", "-cert", certificate, "-key", key])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        openssl.StandardInput.Close();
        Task<string> errors = openssl.StandardError.ReadToEndAsync();
        string said = openssl.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        openssl.WaitForExit();
        return said;
    }

    private async Task<RunningWorker> StartAsync(params string[] more)
    {
        (string key, string certificate) = _certificates.Pem(_certificates.Node);
        var worker = new RunningWorker(
            Data, ["--tls-port", $"{_tlsPort}", "--tls-certificate", certificate, "--tls-key", key, "--tls-authorities", _certificates.AuthorityFile,
                "--quiet", "1", "--first-retry", "0.5", "--method", "linear", .. more.Length == 0 ? more : ["--mode", "fill", "--no-archive-check", .. more]]);
        await worker.StartAsync();
        return worker;
    }

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
