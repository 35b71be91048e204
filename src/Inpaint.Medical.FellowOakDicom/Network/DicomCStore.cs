namespace FellowOakDicom.Network;

/// <summary>C-STORE request, PS3.7 9.1.1.</summary>
public sealed class DicomCStoreRequest : DicomPriorityRequest
{
    public ResponseDelegate OnResponseReceived;

    /// <summary>The receiving side; <see cref="File"/> is set when the data set has arrived.</summary>
    public DicomCStoreRequest(DicomDataset command)
        : base(command)
    {
    }

    /// <exception cref="DicomDataException">The data set has no SOP Class or SOP Instance UID.</exception>
    public DicomCStoreRequest(DicomFile file, DicomPriority priority = DicomPriority.Medium)
        : base(DicomCommandField.CStoreRequest, file.Dataset.GetSingleValue<DicomUID>(DicomTag.SOPClassUID), priority)
    {
        File = file;
        Dataset = file.Dataset;
        SOPInstanceUID = file.Dataset.GetSingleValue<DicomUID>(DicomTag.SOPInstanceUID);
        TransferSyntax = file.Dataset.InternalTransferSyntax;
    }

    /// <summary>Opens the file; its large elements are read when they are sent.</summary>
    public DicomCStoreRequest(string fileName, DicomPriority priority = DicomPriority.Medium)
        : this(DicomFile.Open(fileName), priority)
    {
    }

    public delegate void ResponseDelegate(DicomCStoreRequest request, DicomCStoreResponse response);

    public DicomFile File { get; internal set; }

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    public DicomTransferSyntax TransferSyntax { get; private set; }

    /// <summary>Transfer syntaxes proposed beside the file's own; the data set is transcoded if one of them is accepted instead.</summary>
    public DicomTransferSyntax[] AdditionalTransferSyntaxes { get; set; }

    /// <summary>Leaves Implicit VR Little Endian out of the proposal; only for files with a lossy transfer syntax.</summary>
    public bool OmitImplicitVrTransferSyntaxInAssociationRequest { get; set; }

    public DicomUID CommonServiceClassUid { get; set; }

    public List<DicomUID> RelatedGeneralSopClasses { get; set; }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomCStoreResponse ?? new DicomCStoreResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomCStoreResponse(this, status);
}

/// <summary>C-STORE response.</summary>
public sealed class DicomCStoreResponse : DicomResponse
{
    public DicomCStoreResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomCStoreResponse(DicomCStoreRequest request, DicomStatus status)
        : base(request, status)
    {
        if (request.SOPInstanceUID is { } instance)
        {
            SopInstanceUid = instance;
        }
    }
}
