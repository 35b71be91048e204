namespace FellowOakDicom.Network;

/// <summary>N-CREATE request, PS3.7 10.1.5.</summary>
public sealed class DicomNCreateRequest : DicomInstanceRequest<DicomNCreateRequest, DicomNCreateResponse>
{
    public DicomNCreateRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNCreateRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NCreateRequest, requestedClassUid, requestedInstanceUid)
    {
    }

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNCreateResponse(this, status);
}

/// <summary>N-CREATE response.</summary>
public sealed class DicomNCreateResponse : DicomInstanceResponse
{
    public DicomNCreateResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNCreateResponse(DicomNCreateRequest request, DicomStatus status)
        : base(request, request.SOPInstanceUID, status)
    {
    }
}
