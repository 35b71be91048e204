namespace FellowOakDicom.Network.Client;

/// <summary>Settings of a client; times in milliseconds.</summary>
public class DicomClientOptions
{
    public int AssociationRequestTimeoutInMs { get; set; } = 5000;

    public int AssociationReleaseTimeoutInMs { get; set; } = 10000;

    /// <summary>How long the association stays open for further requests after the last response.</summary>
    public int AssociationLingerTimeoutInMs { get; set; } = 50;

    /// <summary>Null is unlimited.</summary>
    public int? MaximumNumberOfRequestsPerAssociation { get; set; }

    public int MaximumNumberOfConsecutiveTimedOutAssociationRequests { get; set; } = 3;

    /// <summary>Longest wait for the transport connection and its TLS handshake; it can only shorten that of the system.</summary>
    public int ConnectionTimeoutInMs { get; set; } = 15000;

    public DicomClientOptions Clone() => (DicomClientOptions)MemberwiseClone();
}
