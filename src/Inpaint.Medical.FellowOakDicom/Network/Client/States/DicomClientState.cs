namespace FellowOakDicom.Network.Client.States;

/// <summary>What a client is doing; for display only.</summary>
public sealed class DicomClientState
{
    internal static readonly DicomClientState Idle = new("IDLE");
    internal static readonly DicomClientState Connect = new("CONNECTING");
    internal static readonly DicomClientState RequestAssociation = new("REQUESTING ASSOCIATION");
    internal static readonly DicomClientState SendingRequests = new("SENDING REQUESTS");
    internal static readonly DicomClientState Lingering = new("LINGERING ASSOCIATION");
    internal static readonly DicomClientState ReleaseAssociation = new("RELEASING ASSOCIATION");
    internal static readonly DicomClientState Abort = new("ABORTING ASSOCIATION");

    private readonly string _name;

    private DicomClientState(string name)
    {
        _name = name;
    }

    public override string ToString() => _name;
}
