namespace FellowOakDicom.Network;

/// <summary>N-DELETE request, PS3.7 10.1.6.</summary>
public sealed class DicomNDeleteRequest : DicomRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomNDeleteRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNDeleteRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NDeleteRequest, requestedClassUid)
    {
        SOPInstanceUID = requestedInstanceUid;
    }

    public delegate void ResponseDelegate(DicomNDeleteRequest request, DicomNDeleteResponse response);

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomNDeleteResponse ?? new DicomNDeleteResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNDeleteResponse(this, status);
}

/// <summary>N-DELETE response.</summary>
public sealed class DicomNDeleteResponse : DicomResponse
{
    public DicomNDeleteResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNDeleteResponse(DicomNDeleteRequest request, DicomStatus status)
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
