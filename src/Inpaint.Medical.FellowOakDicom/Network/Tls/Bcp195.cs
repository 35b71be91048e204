using System.Net.Security;
using System.Security.Authentication;

namespace FellowOakDicom.Network.Tls;

/// <summary>
/// What PS3.15 B.12 (BCP 195: RFC 8996 and RFC 9325) leaves of TLS: versions 1.2 and 1.3, and of 1.2 only suites with ephemeral keys and
/// authenticated encryption.
/// </summary>
internal static class Bcp195
{
    // CA5398: the profile itself names the versions; the choice of the operating system may be weaker.
#pragma warning disable CA5398
    internal const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398

    private static readonly TlsCipherSuite[] _suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ];

    /// <summary>The suites where the platform lets a program choose; null (the system's own policy) on Windows.</summary>
    internal static CipherSuitesPolicy CipherSuites() =>
        OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? new CipherSuitesPolicy(_suites) : null;
}
