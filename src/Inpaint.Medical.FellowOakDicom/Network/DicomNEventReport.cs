namespace FellowOakDicom.Network;

/// <summary>N-EVENT-REPORT request, PS3.7 10.1.1.</summary>
public sealed class DicomNEventReportRequest : DicomInstanceRequest<DicomNEventReportRequest, DicomNEventReportResponse>
{
    public DicomNEventReportRequest(DicomDataset command)
        : base(command)
    {
    }

    public DicomNEventReportRequest(DicomUID requestedClassUid, DicomUID requestedInstanceUid, ushort eventTypeId)
        : base(DicomCommandField.NEventReportRequest, requestedClassUid, requestedInstanceUid)
    {
        EventTypeID = eventTypeId;
    }

    public ushort EventTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.EventTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.EventTypeID, value);
    }

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomNEventReportResponse(this, status);
}

/// <summary>N-EVENT-REPORT response.</summary>
public sealed class DicomNEventReportResponse : DicomInstanceResponse
{
    public DicomNEventReportResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomNEventReportResponse(DicomNEventReportRequest request, DicomStatus status)
        : base(request, request.SOPInstanceUID, status)
    {
        EventTypeID = request.EventTypeID;
    }

    public ushort EventTypeID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.EventTypeID, 0);
        private set => Command.AddOrUpdate(DicomTag.EventTypeID, value);
    }
}
