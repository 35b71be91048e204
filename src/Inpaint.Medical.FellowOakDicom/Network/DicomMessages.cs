namespace FellowOakDicom.Network;

/// <summary>Makes messages of received command sets.</summary>
internal static class DicomMessages
{
    private const ushort ResponseFlag = 0x8000;

    /// <exception cref="DicomDataException">There is no command field, or a response of an unknown kind.</exception>
    internal static DicomMessage Create(DicomDataset command)
    {
        ushort field = command.GetSingleValue<ushort>(DicomTag.CommandField);
        return (DicomCommandField)field switch
        {
            DicomCommandField.CEchoRequest => new DicomCEchoRequest(command),
            DicomCommandField.CEchoResponse => new DicomCEchoResponse(command),
            DicomCommandField.CStoreRequest => new DicomCStoreRequest(command),
            DicomCommandField.CStoreResponse => new DicomCStoreResponse(command),
            DicomCommandField.CFindRequest => new DicomCFindRequest(command),
            DicomCommandField.CFindResponse => new DicomCFindResponse(command),
            DicomCommandField.CMoveRequest => new DicomCMoveRequest(command),
            DicomCommandField.CMoveResponse => new DicomCMoveResponse(command),
            DicomCommandField.CGetRequest => new DicomCGetRequest(command),
            DicomCommandField.CGetResponse => new DicomCGetResponse(command),
            DicomCommandField.NActionRequest => new DicomNActionRequest(command),
            DicomCommandField.NActionResponse => new DicomNActionResponse(command),
            DicomCommandField.NCreateRequest => new DicomNCreateRequest(command),
            DicomCommandField.NCreateResponse => new DicomNCreateResponse(command),
            DicomCommandField.NDeleteRequest => new DicomNDeleteRequest(command),
            DicomCommandField.NDeleteResponse => new DicomNDeleteResponse(command),
            DicomCommandField.NEventReportRequest => new DicomNEventReportRequest(command),
            DicomCommandField.NEventReportResponse => new DicomNEventReportResponse(command),
            DicomCommandField.NGetRequest => new DicomNGetRequest(command),
            DicomCommandField.NGetResponse => new DicomNGetResponse(command),
            DicomCommandField.NSetRequest => new DicomNSetRequest(command),
            DicomCommandField.NSetResponse => new DicomNSetResponse(command),
            DicomCommandField.CCancelRequest => new DicomMessage(command),
            _ when (field & ResponseFlag) == 0 => new DicomUnknownRequest(command),
            _ => throw new DicomDataException($"Response of unknown kind {field:X4}H."),
        };
    }
}
