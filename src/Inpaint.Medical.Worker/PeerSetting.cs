using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker;

/// <summary>A DICOM peer as the settings name it: "AET@host:port", with ",tls" or ",tls=authorities.pem" for TLS.</summary>
/// <param name="IsTls">Both sides show certificates; nothing is sent in the clear.</param>
/// <param name="Authorities">What this peer's certificate must lead to, PEM; null: the same as everybody's.</param>
internal sealed record PeerSetting(DicomPeer Peer, bool IsTls, string? Authorities)
{
    private const string Tls = ",tls";

    /// <returns>Null when the text is not of that form.</returns>
    public static PeerSetting? Parse(string text)
    {
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        string how = comma < 0 ? "" : text[comma..];
        bool isTls = how == Tls || (how.StartsWith(Tls + "=", StringComparison.Ordinal) && how.Length > Tls.Length + 1);
        return (how.Length == 0 || isTls) && DicomPeer.Parse(comma < 0 ? text : text[..comma]) is { } peer
            ? new PeerSetting(peer, isTls, how.Length > Tls.Length ? how[(Tls.Length + 1)..] : null)
            : null;
    }
}
