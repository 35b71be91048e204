using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace FellowOakDicom.Network.Tls;

/// <summary>TLS for clients, TLS 1.2 and 1.3 (PS3.15 B.12) unless told otherwise.</summary>
public class DefaultTlsInitiator : ITlsInitiator
{
    /// <summary>Accepts any certificate of the server; for tests only.</summary>
    public bool IgnoreSslPolicyErrors { get; set; }

    public TimeSpan SslHandshakeTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Our certificates, with keys, for a server that demands one.</summary>
    public X509CertificateCollection Certificates { get; set; }

    public SslProtocols Protocols { get; set; } = Bcp195.Protocols;

    public bool CheckCertificateRevocation { get; set; }

    public RemoteCertificateValidationCallback CertificateValidationCallback { get; set; }

    public Stream InitiateTls(Stream plainStream, string remoteAddress, int remotePort) =>
        InitiateTlsAsync(plainStream, remoteAddress, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>As <see cref="InitiateTls"/>, without blocking a thread while the peer is silent.</summary>
    internal async Task<Stream> InitiateTlsAsync(Stream plainStream, string remoteAddress, CancellationToken cancellation)
    {
        var stream = new SslStream(plainStream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = remoteAddress,
            ClientCertificates = Certificates,
            EnabledSslProtocols = Protocols,
            CertificateRevocationCheckMode = CheckCertificateRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            CipherSuitesPolicy = Bcp195.CipherSuites(),
            RemoteCertificateValidationCallback = Validate,
            AllowRenegotiation = false,
        };
        await TlsHandshake
            .RunAsync(stream, token => stream.AuthenticateAsClientAsync(options, token), SslHandshakeTimeout, cancellation)
            .ConfigureAwait(false);
        return stream;
    }

    private bool Validate(object sender, X509Certificate certificate, X509Chain chain, SslPolicyErrors errors) =>
        IgnoreSslPolicyErrors
        || (CertificateValidationCallback is { } callback
            ? callback(sender, certificate, chain, errors)
            : errors == SslPolicyErrors.None);
}
