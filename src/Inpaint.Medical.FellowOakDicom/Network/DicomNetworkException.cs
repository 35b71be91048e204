namespace FellowOakDicom.Network;

/// <summary>Base of all errors of the network part.</summary>
public class DicomNetworkException : DicomException
{
    public DicomNetworkException(string message)
        : base(message)
    {
    }

    public DicomNetworkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The peer rejected the association.</summary>
public class DicomAssociationRejectedException : DicomNetworkException
{
    public DicomAssociationRejectedException(DicomRejectResult result, DicomRejectSource source, DicomRejectReason reason)
        : base($"Association rejected [result: {result}; source: {source}; reason: {reason}]")
    {
        RejectResult = result;
        RejectSource = source;
        RejectReason = reason;
    }

    public DicomRejectResult RejectResult { get; }

    public DicomRejectSource RejectSource { get; }

    public DicomRejectReason RejectReason { get; }
}

/// <summary>The peer aborted the association, or an invalid PDU of it made us do so.</summary>
public class DicomAssociationAbortedException : DicomNetworkException
{
    public DicomAssociationAbortedException(DicomAbortSource source, DicomAbortReason reason)
        : base($"Association Abort [source: {source}; reason: {reason}]")
    {
        AbortSource = source;
        AbortReason = reason;
    }

    public DicomAbortSource AbortSource { get; }

    public DicomAbortReason AbortReason { get; }
}

/// <summary>The peer answered none of several association requests in time.</summary>
public class DicomAssociationRequestTimedOutException : DicomNetworkException
{
    public DicomAssociationRequestTimedOutException(int timeoutInMs, int numberOfAttempts)
        : base($"The association request timed out {numberOfAttempts} times, waiting {timeoutInMs} ms each time")
    {
        TimeoutInMs = timeoutInMs;
        NumberOfAttempts = numberOfAttempts;
    }

    public int TimeoutInMs { get; }

    public int NumberOfAttempts { get; }
}

/// <summary>The peer did not answer a request in time.</summary>
public class DicomRequestTimedOutException : DicomNetworkException
{
    public DicomRequestTimedOutException(DicomRequest request, TimeSpan timeOut)
        : base($"The request [{request.MessageID}] timed out after {timeOut}")
    {
        Request = request;
        TimeOut = timeOut;
    }

    public DicomRequest Request { get; }

    public TimeSpan TimeOut { get; }
}

/// <summary>The transport connection ended while requests were not answered.</summary>
public class ConnectionClosedPrematurelyException : DicomNetworkException
{
    public ConnectionClosedPrematurelyException()
        : base("The connection closed prematurely")
    {
    }

    public ConnectionClosedPrematurelyException(Exception innerException)
        : base("The connection closed prematurely", innerException)
    {
    }
}
