namespace FellowOakDicom.Network;

/// <summary>N-SET request, PS3.7 10.1.3.</summary>
public sealed class DicomNSetRequest : DicomInstanceRequest<DicomNSetRequest, DicomNSetResponse>
{
    public DicomNSetRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNSetRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NSetRequest, requestedClassUid, requestedInstanceUid)
    {
    }

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNSetResponse(this, status);
}

/// <summary>N-SET response.</summary>
public sealed class DicomNSetResponse : DicomInstanceResponse
{
    public DicomNSetResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNSetResponse(DicomNSetRequest request, DicomStatus status)
        : base(request, request.SOPInstanceUID, status)
    {
    }
}
