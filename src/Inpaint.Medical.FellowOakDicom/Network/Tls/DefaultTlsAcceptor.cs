using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace FellowOakDicom.Network.Tls;

/// <summary>TLS for servers, TLS 1.2 and 1.3 (PS3.15 B.12) unless told otherwise.</summary>
public class DefaultTlsAcceptor : ITlsAcceptor
{
    /// <summary>Takes the certificate of that subject name from the store My of the local machine.</summary>
    /// <exception cref="DicomNetworkException">There is none.</exception>
    public DefaultTlsAcceptor(string certificateName)
    {
        using var store = new X509Store(StoreName.My, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        X509Certificate2Collection found = store.Certificates.Find(X509FindType.FindBySubjectName, certificateName, validOnly: false);
        Certificate = found.FirstOrDefault()
            ?? throw new DicomNetworkException($"No certificate with subject name '{certificateName}' in the store LocalMachine/My.");
    }

    /// <summary>Takes the certificate and its key from a PKCS #12 file.</summary>
    public DefaultTlsAcceptor(string certificateFileName, string certificatePassword)
        : this(X509CertificateLoader.LoadPkcs12FromFile(certificateFileName, certificatePassword))
    {
    }

    public DefaultTlsAcceptor(X509Certificate certificate)
    {
        Certificate = certificate ?? throw new ArgumentNullException(nameof(certificate));
    }

    public X509Certificate Certificate { get; set; }

    public TimeSpan SslHandshakeTimeout { get; set; } = TimeSpan.FromMinutes(1);

    public SslProtocols Protocols { get; set; } = Bcp195.Protocols;

    /// <summary>Demands a certificate of the peer; without a callback it must be valid for the system.</summary>
    public bool RequireMutualAuthentication { get; set; }

    public bool CheckCertificateRevocation { get; set; }

    public RemoteCertificateValidationCallback CertificateValidationCallback { get; set; }

    public Stream AcceptTls(Stream encryptedStream, string remoteAddress, int localPort) =>
        AcceptTlsAsync(encryptedStream, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>As <see cref="AcceptTls"/>, without blocking a thread while the peer is silent.</summary>
    internal async Task<Stream> AcceptTlsAsync(Stream encryptedStream, CancellationToken cancellation)
    {
        var stream = new SslStream(encryptedStream, leaveInnerStreamOpen: false);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = Certificate,
            ClientCertificateRequired = RequireMutualAuthentication,
            EnabledSslProtocols = Protocols,
            CertificateRevocationCheckMode = CheckCertificateRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            CipherSuitesPolicy = Bcp195.CipherSuites(),
            RemoteCertificateValidationCallback = Validate,
            AllowRenegotiation = false,
        };
        await TlsHandshake
            .RunAsync(stream, token => stream.AuthenticateAsServerAsync(options, token), SslHandshakeTimeout, cancellation)
            .ConfigureAwait(false);
        return stream;
    }

    private bool Validate(object sender, X509Certificate certificate, X509Chain chain, SslPolicyErrors errors)
    {
        if (CertificateValidationCallback is { } callback && (certificate != null || RequireMutualAuthentication))
        {
            return callback(sender, certificate, chain, errors);
        }

        return errors == SslPolicyErrors.None
            || (!RequireMutualAuthentication && errors == SslPolicyErrors.RemoteCertificateNotAvailable);
    }
}
