namespace FellowOakDicom.Network;

/// <summary>A request of an operation or a notification.</summary>
public abstract class DicomRequest : DicomMessage
{
    /// <summary>Called when no response came in time.</summary>
    public EventHandler<OnTimeoutEventArgs> OnTimeout;

    /// <summary>Called when the request has been written to the network.</summary>
    public EventHandler<OnRequestSentEventArgs> OnRequestSent;

    private static int _lastMessageId;

    /// <summary>The receiving side.</summary>
    protected DicomRequest(DicomDataset command)
        : base(command)
    {
    }

    protected DicomRequest(DicomCommandField type, DicomUID requestedClassUid)
    {
        Type = type;
        SOPClassUID = requestedClassUid;
        MessageID = (ushort)Interlocked.Increment(ref _lastMessageId);
        Dataset = null;
    }

    public ushort MessageID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.MessageID, 0);
        protected set => Command.AddOrUpdate(DicomTag.MessageID, value);
    }

    /// <summary>Sets the presentation context that is proposed for this request, in place of the usual one.</summary>
    public void CreatePresentationContext(params DicomTransferSyntax[] transferSyntaxes)
    {
        PresentationContext = new DicomPresentationContext(0, SOPClassUID);
        foreach (DicomTransferSyntax syntax in transferSyntaxes)
        {
            PresentationContext.AddTransferSyntax(syntax);
        }
    }

    /// <summary>Hands a response to the callback of the request.</summary>
    protected internal abstract void PostResponse(DicomService service, DicomResponse response);

    /// <summary>A response of the type that fits the request.</summary>
    internal abstract DicomResponse CreateResponse(DicomStatus status);

    public class OnTimeoutEventArgs : EventArgs
    {
        public OnTimeoutEventArgs(TimeSpan timeout)
        {
            Timeout = timeout;
        }

        public TimeSpan Timeout { get; }
    }

    public class OnRequestSentEventArgs : EventArgs
    {
        public OnRequestSentEventArgs(DicomRequest request)
        {
            Request = request;
        }

        public DicomRequest Request { get; }
    }
}

/// <summary>A request with a priority.</summary>
public abstract class DicomPriorityRequest : DicomRequest
{
    protected DicomPriorityRequest(DicomDataset command)
        : base(command)
    {
    }

    protected DicomPriorityRequest(DicomCommandField type, DicomUID requestedClassUid, DicomPriority priority)
        : base(type, requestedClassUid)
    {
        Priority = priority;
    }

    public DicomPriority Priority
    {
        get => (DicomPriority)Command.GetSingleValueOrDefault<ushort>(DicomTag.Priority, 0);
        protected set => Command.AddOrUpdate(DicomTag.Priority, (ushort)value);
    }
}
