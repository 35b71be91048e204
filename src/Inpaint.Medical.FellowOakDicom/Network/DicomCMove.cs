namespace FellowOakDicom.Network;

/// <summary>C-MOVE request of the Study Root model, PS3.7 9.1.4.</summary>
public sealed class DicomCMoveRequest : DicomPriorityRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomCMoveRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomCMoveRequest(string destinationAe, string studyInstanceUid, DicomPriority priority = DicomPriority.Medium)
        : this(destinationAe, QueryLevel.Identify(studyInstanceUid, null, null), priority)
    {
    }

    public DicomCMoveRequest(
        string destinationAe, string studyInstanceUid, string seriesInstanceUid, DicomPriority priority = DicomPriority.Medium)
        : this(destinationAe, QueryLevel.Identify(studyInstanceUid, seriesInstanceUid, null), priority)
    {
    }

    public DicomCMoveRequest(
        string destinationAe,
        string studyInstanceUid,
        string seriesInstanceUid,
        string sopInstanceUid,
        DicomPriority priority = DicomPriority.Medium)
        : this(destinationAe, QueryLevel.Identify(studyInstanceUid, seriesInstanceUid, sopInstanceUid), priority)
    {
    }

    private DicomCMoveRequest(string destinationAe, DicomDataset identifier, DicomPriority priority)
        : base(DicomCommandField.CMoveRequest, DicomUID.StudyRootQueryRetrieveInformationModelMove, priority)
    {
        DestinationAE = destinationAe;
        Dataset = identifier;
    }

    public delegate void ResponseDelegate(DicomCMoveRequest request, DicomCMoveResponse response);

    public DicomQueryRetrieveLevel Level => QueryLevel.Get(Dataset);

    public string DestinationAE
    {
        get => Command.GetSingleValueOrDefault(DicomTag.MoveDestination, string.Empty);
        private set => Command.AddOrUpdate(DicomTag.MoveDestination, value);
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomCMoveResponse ?? new DicomCMoveResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomCMoveResponse(this, status);
}

/// <summary>C-MOVE response; failed instances are in its data set.</summary>
public sealed class DicomCMoveResponse : DicomSuboperationsResponse
{
    public DicomCMoveResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomCMoveResponse(DicomCMoveRequest request, DicomStatus status)
        : base(request, status)
    {
    }
}
