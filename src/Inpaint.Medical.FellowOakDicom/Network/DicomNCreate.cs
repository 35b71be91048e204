namespace FellowOakDicom.Network;

/// <summary>N-CREATE request, PS3.7 10.1.5.</summary>
public sealed class DicomNCreateRequest : DicomRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomNCreateRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNCreateRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NCreateRequest, requestedClassUid)
    {
        SOPInstanceUID = requestedInstanceUid;
    }

    public delegate void ResponseDelegate(DicomNCreateRequest request, DicomNCreateResponse response);

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomNCreateResponse ?? new DicomNCreateResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNCreateResponse(this, status);
}

/// <summary>N-CREATE response.</summary>
public sealed class DicomNCreateResponse : DicomResponse
{
    public DicomNCreateResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNCreateResponse(DicomNCreateRequest request, DicomStatus status)
        : base(request, status)
    {
        if (request.SOPInstanceUID is { } instance)
        {
            SOPInstanceUID = instance;
        }
    }

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }
}
