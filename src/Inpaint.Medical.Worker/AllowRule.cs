using System.Net;
using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker;

/// <summary>A peer that may send: calling AE title, called AE title, network. An AE title alone proves nothing.</summary>
public sealed record AllowRule(string CallingAe, string CalledAe, IPNetwork Network)
{
    /// <summary>Reads "AET@CIDR" or "AET&gt;CALLED@CIDR"; an address without a prefix is that address alone.</summary>
    /// <returns>Null when the text is not of that form.</returns>
    public static AllowRule? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.LastIndexOf('@');
        if (at <= 0)
        {
            return null;
        }

        string[] titles = text[..at].Split('>', 2);
        string network = text[(at + 1)..];
        if (IPAddress.TryParse(network, out IPAddress? address))
        {
            network += address.GetAddressBytes().Length == 4 ? "/32" : "/128";
        }

        return IPNetwork.TryParse(network, out IPNetwork parsed)
            ? new AllowRule(titles[0], titles.Length > 1 ? titles[1] : "*", parsed)
            : null;
    }

    public bool Matches(AssociationPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        IPAddress address = peer.Address.IsIPv4MappedToIPv6 ? peer.Address.MapToIPv4() : peer.Address;
        return (CallingAe == "*" || CallingAe == peer.CallingAe) && (CalledAe == "*" || CalledAe == peer.CalledAe)
            && address.AddressFamily == Network.BaseAddress.AddressFamily && Network.Contains(address);
    }
}
