namespace FellowOakDicom.Network;

/// <summary>N-ACTION request, PS3.7 10.1.4.</summary>
public sealed class DicomNActionRequest : DicomInstanceRequest<DicomNActionRequest, DicomNActionResponse>
{
    public DicomNActionRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNActionRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid, ushort actionTypeId)
        : base(DicomCommandField.NActionRequest, requestedClassUid, requestedInstanceUid)
    {
        ActionTypeID = actionTypeId;
    }

    public ushort ActionTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.ActionTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.ActionTypeID, value);
    }

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNActionResponse(this, status);
}

/// <summary>N-ACTION response.</summary>
public sealed class DicomNActionResponse : DicomInstanceResponse
{
    public DicomNActionResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNActionResponse(DicomNActionRequest request, DicomStatus status)
        : base(request, request.SOPInstanceUID, status)
    {
        ActionTypeID = request.ActionTypeID;
    }

    public ushort ActionTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.ActionTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.ActionTypeID, value);
    }
}
