namespace FellowOakDicom.Network;

/// <summary>N-GET request, PS3.7 10.1.2.</summary>
public sealed class DicomNGetRequest : DicomRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomNGetRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNGetRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(DicomCommandField.NGetRequest, requestedClassUid)
    {
        SOPInstanceUID = requestedInstanceUid;
    }

    public delegate void ResponseDelegate(DicomNGetRequest request, DicomNGetResponse response);

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    /// <summary>The attributes that are asked for; empty asks for all.</summary>
    public DicomTag[] Attributes
    {
        get => Command.TryGetValues(DicomTag.AttributeIdentifierList, out DicomTag[] tags) ? tags : [];
        set => Command.AddOrUpdate(DicomTag.AttributeIdentifierList, value);
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomNGetResponse ?? new DicomNGetResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNGetResponse(this, status);
}

/// <summary>N-GET response.</summary>
public sealed class DicomNGetResponse : DicomResponse
{
    public DicomNGetResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNGetResponse(DicomNGetRequest request, DicomStatus status)
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
