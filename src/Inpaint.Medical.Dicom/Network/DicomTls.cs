using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using FellowOakDicom.Network.Tls;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>TLS of DIMSE connections: 1.2 and 1.3 only, both sides authenticated (PS3.15 B.9, B.12, after BCP 195).</summary>
/// <param name="Certificate">Ours, with its private key.</param>
/// <param name="Authorities">Certificates that peers' certificates must lead to.</param>
public sealed record DicomTls(X509Certificate2 Certificate, X509Certificate2Collection Authorities)
{
    private const SslProtocols Allowed = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Reads PEM files.</summary>
    public static DicomTls FromPem(string certificateFile, string keyFile, string authoritiesFile)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(authoritiesFile);
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        return new DicomTls(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), authorities);
    }

    /// <summary>What keeps a certificate and its key from being used, in one line; null when nothing does, or a file is absent.</summary>
    public static string? ProblemOfCertificate(string? certificateFile, string? keyFile) =>
        certificateFile is null || keyFile is null ? null : Problem(certificateFile, () =>
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            return pem.NotAfter > DateTime.Now;
        });

    /// <summary>What keeps a file of authorities from being used, in one line; null when nothing does, or it is absent.</summary>
    public static string? ProblemOfAuthorities(string authoritiesFile) => Problem(authoritiesFile, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(authoritiesFile);
        return authorities.Any(authority => authority.NotAfter > DateTime.Now);
    });

    private static string? Problem(string file, Func<bool> isUsable)
    {
        try
        {
            return isUsable() ? null : $"{file}: no certificate that has not expired.";
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return $"{file}: not a certificate in PEM, or not with its key.";
        }
        catch (IOException)
        {
            // Absence is reported by whoever names the file.
            return null;
        }
    }

    internal ITlsAcceptor Acceptor() => new DefaultTlsAcceptor(Certificate)
    {
        Protocols = Allowed,
        RequireMutualAuthentication = true,
        CertificateValidationCallback = (_, certificate, _, _) => IsTrusted(certificate),
    };

    internal ITlsInitiator Initiator() => new DefaultTlsInitiator
    {
        Protocols = Allowed,
        Certificates = [Certificate],

        // The certificate must be that of the host we called, too: any other of the same authority could stand in for it.
        CertificateValidationCallback = (_, certificate, _, errors) =>
            (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && IsTrusted(certificate),
    };

    private bool IsTrusted(X509Certificate? certificate)
    {
        if (certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var peer = new X509Certificate2(certificate);
        return chain.Build(peer);
    }
}
