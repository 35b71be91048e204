namespace FellowOakDicom.Network;

/// <summary>N-GET request, PS3.7 10.1.2.</summary>
public sealed class DicomNGetRequest : DicomInstanceRequest<DicomNGetRequest, DicomNGetResponse>
{
    public DicomNGetRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNGetRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NGetRequest, requestedClassUid, requestedInstanceUid)
    {
    }

    /// <summary>The attributes that are asked for; empty asks for all.</summary>
    public DicomTag[] Attributes
    {
        get => Command.TryGetValues(DicomTag.AttributeIdentifierList, out DicomTag[] tags) ? tags : [];
        set => Command.AddOrUpdate(DicomTag.AttributeIdentifierList, value);
    }

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNGetResponse(this, status);
}

/// <summary>N-GET response.</summary>
public sealed class DicomNGetResponse : DicomInstanceResponse
{
    public DicomNGetResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNGetResponse(DicomNGetRequest request, DicomStatus status)
        : base(request, request.SOPInstanceUID, status)
    {
    }
}
