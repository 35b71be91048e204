namespace FellowOakDicom.Network;

/// <summary>
/// C-GET request of the Study Root model, PS3.7 9.1.3. The objects come as C-STORE requests on the same association, for which the
/// client proposes contexts in the SCP role.
/// </summary>
public sealed class DicomCGetRequest : DicomPriorityRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomCGetRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomCGetRequest(string studyInstanceUid, DicomPriority priority = DicomPriority.Medium)
        : this(QueryLevel.Identify(studyInstanceUid, null, null), priority)
    {
    }

    public DicomCGetRequest(string studyInstanceUid, string seriesInstanceUid, DicomPriority priority = DicomPriority.Medium)
        : this(QueryLevel.Identify(studyInstanceUid, seriesInstanceUid, null), priority)
    {
    }

    public DicomCGetRequest(
        string studyInstanceUid, string seriesInstanceUid, string sopInstanceUid, DicomPriority priority = DicomPriority.Medium)
        : this(QueryLevel.Identify(studyInstanceUid, seriesInstanceUid, sopInstanceUid), priority)
    {
    }

    private DicomCGetRequest(DicomDataset identifier, DicomPriority priority)
        : base(DicomCommandField.CGetRequest, DicomUID.StudyRootQueryRetrieveInformationModelGet, priority)
    {
        Dataset = identifier;
    }

    public delegate void ResponseDelegate(DicomCGetRequest request, DicomCGetResponse response);

    public DicomQueryRetrieveLevel Level => QueryLevel.Get(Dataset);

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomCGetResponse ?? new DicomCGetResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomCGetResponse(this, status);
}

/// <summary>C-GET response; failed instances are in its data set.</summary>
public sealed class DicomCGetResponse : DicomSuboperationsResponse
{
    public DicomCGetResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomCGetResponse(DicomCGetRequest request, DicomStatus status)
        : base(request, status)
    {
    }
}
