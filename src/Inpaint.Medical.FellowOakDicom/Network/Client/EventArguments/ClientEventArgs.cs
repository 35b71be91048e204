using FellowOakDicom.Network.Client.States;

namespace FellowOakDicom.Network.Client.EventArguments;

public class AssociationAcceptedEventArgs : EventArgs
{
    public AssociationAcceptedEventArgs(DicomAssociation association)
    {
        Association = association;
    }

    public DicomAssociation Association { get; }
}

public class AssociationRejectedEventArgs : EventArgs
{
    public AssociationRejectedEventArgs(DicomRejectResult result, DicomRejectSource source, DicomRejectReason reason)
    {
        Result = result;
        Source = source;
        Reason = reason;
    }

    public DicomRejectResult Result { get; }

    public DicomRejectSource Source { get; }

    public DicomRejectReason Reason { get; }
}

public class AssociationRequestTimedOutEventArgs : EventArgs
{
    public AssociationRequestTimedOutEventArgs(int timeoutInMs, int attempt, int maximumNumberOfAttempts)
    {
        TimeoutInMs = timeoutInMs;
        Attempt = attempt;
        MaximumNumberOfAttempts = maximumNumberOfAttempts;
    }

    public int TimeoutInMs { get; }

    public int Attempt { get; }

    public int MaximumNumberOfAttempts { get; }
}

public class RequestTimedOutEventArgs : EventArgs
{
    public RequestTimedOutEventArgs(DicomRequest request, TimeSpan timeout)
    {
        Request = request;
        Timeout = timeout;
    }

    public DicomRequest Request { get; }

    public TimeSpan Timeout { get; }
}

public class StateChangedEventArgs : EventArgs
{
    public StateChangedEventArgs(DicomClientState oldState, DicomClientState newState)
    {
        OldState = oldState;
        NewState = newState;
    }

    public DicomClientState OldState { get; }

    public DicomClientState NewState { get; }
}
