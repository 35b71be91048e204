namespace FellowOakDicom.Network.UpperLayer;

/// <summary>PDU types of PS3.8 9.3.</summary>
internal enum PduType : byte
{
    AssociateRequest = 0x01,
    AssociateAccept = 0x02,
    AssociateReject = 0x03,
    Data = 0x04,
    ReleaseRequest = 0x05,
    ReleaseResponse = 0x06,
    Abort = 0x07,
}

/// <summary>A PDU that PS3.8 does not allow; answered with an A-ABORT that carries the reason.</summary>
internal sealed class InvalidPduException : DicomNetworkException
{
    internal InvalidPduException(DicomAbortReason reason, string message)
        : base(message)
    {
        Reason = reason;
    }

    internal DicomAbortReason Reason { get; }
}
