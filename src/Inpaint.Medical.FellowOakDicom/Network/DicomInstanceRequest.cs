namespace FellowOakDicom.Network;

/// <summary>What all requests about one SOP instance (the N- services, PS3.7 10.1) have in common.</summary>
/// <typeparam name="TRequest">The request itself.</typeparam>
/// <typeparam name="TResponse">Its response.</typeparam>
public abstract class DicomInstanceRequest<TRequest, TResponse> : DicomRequest
    where TRequest : DicomInstanceRequest<TRequest, TResponse>
    where TResponse : DicomInstanceResponse
{
    public ResponseDelegate OnResponseReceived;

    private protected DicomInstanceRequest(DicomDataset command)
        : base(command)
    {
    }

    private protected DicomInstanceRequest(DicomCommandField type, DicomUID requestedClassUid, DicomUID requestedInstanceUid)
        : base(type, requestedClassUid)
    {
        SOPInstanceUID = requestedInstanceUid;
    }

    public delegate void ResponseDelegate(TRequest request, TResponse response);

    public DicomUID SOPInstanceUID
    {
        get => SopInstanceUid;
        private set => SopInstanceUid = value;
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke((TRequest)this, response as TResponse ?? (TResponse)CreateResponse(response.Status));
}

/// <summary>What all responses about one SOP instance have in common.</summary>
public abstract class DicomInstanceResponse : DicomResponse
{
    private protected DicomInstanceResponse(DicomDataset command)
        : base(command)
    {
    }

    private protected DicomInstanceResponse(DicomRequest request, DicomUID instance, DicomStatus status)
        : base(request, status)
    {
        if (instance is not null)
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
