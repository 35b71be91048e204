namespace FellowOakDicom.Network;

/// <summary>N-ACTION request, PS3.7 10.1.4.</summary>
public sealed class DicomNActionRequest : DicomRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomNActionRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNActionRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid, ushort actionTypeId)
        : base(DicomCommandField.NActionRequest, requestedClassUid)
    {
        SOPInstanceUID = requestedInstanceUid;
        ActionTypeID = actionTypeId;
    }

    public delegate void ResponseDelegate(DicomNActionRequest request, DicomNActionResponse response);

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    public ushort ActionTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.ActionTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.ActionTypeID, value);
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomNActionResponse ?? new DicomNActionResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNActionResponse(this, status);
}

/// <summary>N-ACTION response.</summary>
public sealed class DicomNActionResponse : DicomResponse
{
    public DicomNActionResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNActionResponse(DicomNActionRequest request, DicomStatus status)
        : base(request, status)
    {
        if (request.SOPInstanceUID is { } instance)
        {
            SOPInstanceUID = instance;
        }

        ActionTypeID = request.ActionTypeID;
    }

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    public ushort ActionTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.ActionTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.ActionTypeID, value);
    }
}
