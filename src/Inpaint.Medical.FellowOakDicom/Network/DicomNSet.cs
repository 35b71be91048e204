namespace FellowOakDicom.Network;

/// <summary>N-SET request, PS3.7 10.1.3.</summary>
public sealed class DicomNSetRequest : DicomRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomNSetRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNSetRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NSetRequest, requestedClassUid)
    {
        SOPInstanceUID = requestedInstanceUid;
    }

    public delegate void ResponseDelegate(DicomNSetRequest request, DicomNSetResponse response);

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomNSetResponse ?? new DicomNSetResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNSetResponse(this, status);
}

/// <summary>N-SET response.</summary>
public sealed class DicomNSetResponse : DicomResponse
{
    public DicomNSetResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNSetResponse(DicomNSetRequest request, DicomStatus status)
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
