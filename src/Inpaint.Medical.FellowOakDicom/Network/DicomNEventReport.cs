namespace FellowOakDicom.Network;

/// <summary>N-EVENT-REPORT request, PS3.7 10.1.1.</summary>
public sealed class DicomNEventReportRequest : DicomRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomNEventReportRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNEventReportRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid, ushort eventTypeId)
        : base(DicomCommandField.NEventReportRequest, requestedClassUid)
    {
        SOPInstanceUID = requestedInstanceUid;
        EventTypeID = eventTypeId;
    }

    public delegate void ResponseDelegate(DicomNEventReportRequest request, DicomNEventReportResponse response);

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    public ushort EventTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.EventTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.EventTypeID, value);
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomNEventReportResponse ?? new DicomNEventReportResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNEventReportResponse(this, status);
}

/// <summary>N-EVENT-REPORT response.</summary>
public sealed class DicomNEventReportResponse : DicomResponse
{
    public DicomNEventReportResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNEventReportResponse(DicomNEventReportRequest request, DicomStatus status)
        : base(request, status)
    {
        if (request.SOPInstanceUID is { } instance)
        {
            SOPInstanceUID = instance;
        }

        EventTypeID = request.EventTypeID;
    }

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    public ushort EventTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.EventTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.EventTypeID, value);
    }
}
