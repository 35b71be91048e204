namespace FellowOakDicom.Network.Tls;

/// <summary>Server side of a TLS connection.</summary>
public interface ITlsAcceptor
{
    /// <summary>Performs the handshake and gives the stream of plain text; blocks until done.</summary>
    Stream AcceptTls(Stream encryptedStream, string remoteAddress, int localPort);
}

/// <summary>Client side of a TLS connection.</summary>
public interface ITlsInitiator
{
    /// <summary>Performs the handshake and gives the stream of plain text; blocks until done.</summary>
    Stream InitiateTls(Stream plainStream, string remoteAddress, int remotePort);
}
