namespace FellowOakDicom.Network;

/// <summary>Settings of one association, server or client side.</summary>
public class DicomServiceOptions
{
    public bool LogDataPDUs { get; set; }

    /// <summary>Writes whole data sets, that is patient data, to the log.</summary>
    public bool LogDimseDatasets { get; set; }

    public bool UseRemoteAEForLogName { get; set; }

    /// <summary>Buffer for a command set, bytes.</summary>
    public uint MaxCommandBuffer { get; set; } = 1024;

    /// <summary>Buffer for a data set, bytes; a PDU is never larger.</summary>
    public uint MaxDataBuffer { get; set; } = 1024 * 1024;

    public bool TcpNoDelay { get; set; } = true;

    public int? TcpReceiveBufferSize { get; set; }

    public int? TcpSendBufferSize { get; set; }

    public int MaxPDVsPerPDU { get; set; }

    /// <summary>Sends a data set in its own transfer syntax although another was accepted.</summary>
    public bool IgnoreUnsupportedTransferSyntaxChange { get; set; }

    /// <summary>Longest wait for a response since the request or the last pending response; null is for ever.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>Largest P-DATA-TF PDU that we tell the peer to send, bytes.</summary>
    public uint MaxPDULength { get; set; } = 262144;

    public DicomServiceOptions Clone() => (DicomServiceOptions)MemberwiseClone();
}

/// <summary>Settings of a server.</summary>
public class DicomServerOptions
{
    /// <summary>Most associations served at a time; the requests of further ones wait. 0 is unlimited.</summary>
    public int MaxClientsAllowed { get; set; }

    public DicomServerOptions Clone() => (DicomServerOptions)MemberwiseClone();
}
