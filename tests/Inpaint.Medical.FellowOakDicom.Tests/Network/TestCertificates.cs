using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FellowOakDicom.Tests.Network;

/// <summary>A certification authority, a server and a client certificate of it, and a client certificate of nobody.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private readonly TemporaryFolder _folder = new();

    internal TestCertificates()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Test CA", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        Server = Issue("localhost", ServerUse);
        Client = Issue("client", ClientUse);
        Node = Issue("node", ServerUse, ClientUse);
        Stranger = SelfSigned();
        File.WriteAllText(AuthorityFile, Authority.ExportCertificatePem());
    }

    internal X509Certificate2 Authority { get; }

    internal X509Certificate2 Server { get; }

    internal X509Certificate2 Client { get; }

    /// <summary>For both sides.</summary>
    internal X509Certificate2 Node { get; }

    internal X509Certificate2 Stranger { get; }

    internal string AuthorityFile => _folder.File("ca.pem");

    /// <summary>Writes the key and the certificate as DCMTK wants them.</summary>
    internal (string Key, string Certificate) Pem(X509Certificate2 certificate)
    {
        string name = certificate.GetNameInfo(X509NameType.SimpleName, false);
        File.WriteAllText(_folder.File($"{name}.key"), certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.File($"{name}.pem"), certificate.ExportCertificatePem());
        return (_folder.File($"{name}.key"), _folder.File($"{name}.pem"));
    }

    /// <summary>Accepts certificates of our authority only.</summary>
    internal bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate == null)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.Add(Authority);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return own.Build(new X509Certificate2(certificate));
    }

    public void Dispose()
    {
        _folder.Dispose();
        Authority.Dispose();
        Server.Dispose();
        Client.Dispose();
        Node.Dispose();
        Stranger.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using RSA key = RSA.Create(2048);
        return new CertificateRequest("CN=stranger", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private X509Certificate2 Issue(string name, params string[] uses)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. uses.Select(use => new Oid(use))], false));
        using X509Certificate2 issued = request.Create(
            Authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
