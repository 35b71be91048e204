namespace FellowOakDicom.Network.Client;

/// <summary>How a client ends its association when it is cancelled.</summary>
public enum DicomClientCancellationMode
{
    ImmediatelyReleaseAssociation = 1,
    ImmediatelyAbortAssociation = 2,
}

/// <summary>Answers a C-STORE request that comes to a client, as in C-GET.</summary>
public delegate Task<DicomCStoreResponse> DicomClientCStoreRequestHandler(DicomCStoreRequest request);

/// <summary>Answers an N-EVENT-REPORT request that comes to a client, as in storage commitment.</summary>
public delegate Task<DicomNEventReportResponse> DicomClientNEventReportRequestHandler(DicomNEventReportRequest request);
