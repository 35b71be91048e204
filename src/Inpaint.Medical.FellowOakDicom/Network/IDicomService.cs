namespace FellowOakDicom.Network;

/// <summary>What every side of an association is told.</summary>
public interface IDicomService
{
    void OnReceiveAbort(DicomAbortSource source, DicomAbortReason reason);

    /// <param name="exception">Null when the connection ended in order.</param>
    void OnConnectionClosed(Exception exception);
}

/// <summary>The accepting side; it answers every request for an association or its release itself.</summary>
public interface IDicomServiceProvider : IDicomService
{
    Task OnReceiveAssociationRequestAsync(DicomAssociation association);

    Task OnReceiveAssociationReleaseRequestAsync();
}

/// <summary>The requesting side.</summary>
public interface IDicomServiceUser : IDicomService
{
    Task OnReceiveAssociationAcceptAsync(DicomAssociation association);

    Task OnReceiveAssociationRejectAsync(DicomRejectResult result, DicomRejectSource source, DicomRejectReason reason);

    Task OnReceiveAssociationReleaseResponseAsync();
}

/// <summary>Something that runs an association from its connection to its end.</summary>
public interface IDicomServiceRunner
{
    Task RunAsync();
}

public interface IDicomCEchoProvider
{
    Task<DicomCEchoResponse> OnCEchoRequestAsync(DicomCEchoRequest request);
}

public interface IDicomCStoreProvider
{
    Task<DicomCStoreResponse> OnCStoreRequestAsync(DicomCStoreRequest request);

    /// <summary>Called when a data set could not be written or read; the peer gets a failure status.</summary>
    Task OnCStoreRequestExceptionAsync(string tempFileName, Exception e);
}

/// <summary>The last response carries the final status.</summary>
public interface IDicomCFindProvider
{
    IAsyncEnumerable<DicomCFindResponse> OnCFindRequestAsync(DicomCFindRequest request);
}

/// <summary>The last response carries the final status.</summary>
public interface IDicomCGetProvider
{
    IAsyncEnumerable<DicomCGetResponse> OnCGetRequestAsync(DicomCGetRequest request);
}

/// <summary>The last response carries the final status.</summary>
public interface IDicomCMoveProvider
{
    IAsyncEnumerable<DicomCMoveResponse> OnCMoveRequestAsync(DicomCMoveRequest request);
}

public interface IDicomNServiceProvider
{
    Task<DicomNActionResponse> OnNActionRequestAsync(DicomNActionRequest request);

    Task<DicomNCreateResponse> OnNCreateRequestAsync(DicomNCreateRequest request);

    Task<DicomNDeleteResponse> OnNDeleteRequestAsync(DicomNDeleteRequest request);

    Task<DicomNEventReportResponse> OnNEventReportRequestAsync(DicomNEventReportRequest request);

    Task<DicomNGetResponse> OnNGetRequestAsync(DicomNGetRequest request);

    Task<DicomNSetResponse> OnNSetRequestAsync(DicomNSetRequest request);
}

/// <summary>Called right after the response to an N-ACTION, to send its report on the same association.</summary>
public interface IDicomNEventReportRequestProvider
{
    Task OnSendNEventReportRequestAsync(DicomNActionRequest request);
}
