using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>Outgoing associations with every time limit set: the library's defaults wait for ever.</summary>
internal static class PeerClient
{
    public static IDicomClient Create(string callingAe, DicomPeer peer, DicomTls? tls, TimeSpan longestAnswer)
    {
        IDicomClient client = DicomClientFactory.Create(peer.Host, peer.Port, tls?.Initiator(), callingAe, peer.AeTitle);
        client.ServiceOptions.RequestTimeout = longestAnswer;
        client.ClientOptions.AssociationRequestTimeoutInMs = 10_000;
        client.ClientOptions.AssociationReleaseTimeoutInMs = 5_000;
        client.ClientOptions.MaximumNumberOfConsecutiveTimedOutAssociationRequests = 1;
        return client;
    }

    /// <summary>Runs the queued requests. Success is what answers say, never the absence of an exception.</summary>
    /// <returns>False: the peer was not reached, refused, or broke off.</returns>
    public static async Task<bool> TrySendAsync(IDicomClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.SendAsync(cancellationToken, DicomClientCancellationMode.ImmediatelyAbortAssociation);
            return !cancellationToken.IsCancellationRequested;
        }
        catch (Exception failure) when (failure is DicomNetworkException or AggregateException or IOException
            or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }
}
