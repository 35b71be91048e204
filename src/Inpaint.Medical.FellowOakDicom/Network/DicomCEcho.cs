namespace FellowOakDicom.Network;

/// <summary>C-ECHO request, PS3.7 9.1.5.</summary>
public sealed class DicomCEchoRequest : DicomRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomCEchoRequest()
        : base(DicomCommandField.CEchoRequest, DicomUID.Verification)
    {
    }

    public DicomCEchoRequest(DicomDataset command)
        : base(command)
    {
    }

    public delegate void ResponseDelegate(DicomCEchoRequest request, DicomCEchoResponse response);

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomCEchoResponse ?? new DicomCEchoResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomCEchoResponse(this, status);
}

/// <summary>C-ECHO response.</summary>
public sealed class DicomCEchoResponse : DicomResponse
{
    public DicomCEchoResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomCEchoResponse(DicomCEchoRequest request, DicomStatus status)
        : base(request, status)
    {
    }
}
