namespace FellowOakDicom.Network;

/// <summary>N-DELETE request, PS3.7 10.1.6.</summary>
public sealed class DicomNDeleteRequest : DicomInstanceRequest<DicomNDeleteRequest, DicomNDeleteResponse>
{
    public DicomNDeleteRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNDeleteRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NDeleteRequest, requestedClassUid, requestedInstanceUid)
    {
    }

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNDeleteResponse(this, status);
}

/// <summary>N-DELETE response.</summary>
public sealed class DicomNDeleteResponse : DicomInstanceResponse
{
    public DicomNDeleteResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNDeleteResponse(DicomNDeleteRequest request, DicomStatus status)
        : base(request, request.SOPInstanceUID, status)
    {
    }
}
