namespace FellowOakDicom.Network;

/// <summary>Result of a presentation context, PS3.8 table 9-18.</summary>
public enum DicomPresentationContextResult : byte
{
    Accept = 0,
    RejectUser = 1,
    RejectNoReason = 2,
    RejectAbstractSyntaxNotSupported = 3,
    RejectTransferSyntaxesNotSupported = 4,

    /// <summary>Not answered yet; never on the wire.</summary>
    Proposed = 255,
}

/// <summary>Result of an A-ASSOCIATE-RJ, PS3.8 table 9-21.</summary>
public enum DicomRejectResult
{
    Permanent = 1,
    Transient = 2,
}

/// <summary>Source of an A-ASSOCIATE-RJ, PS3.8 table 9-21.</summary>
public enum DicomRejectSource
{
    ServiceUser = 1,
    ServiceProviderACSE = 2,
    ServiceProviderPresentation = 3,
}

/// <summary>Reason of an A-ASSOCIATE-RJ, PS3.8 table 9-21; the high nibble is the source, the low nibble goes on the wire.</summary>
public enum DicomRejectReason
{
    NoReasonGiven = 0x11,
    ApplicationContextNotSupported = 0x12,
    CallingAENotRecognized = 0x13,
    CalledAENotRecognized = 0x17,
    NoReasonGiven_ = 0x21,
    ProtocolVersionNotSupported = 0x22,
    TemporaryCongestion = 0x31,
    LocalLimitExceeded = 0x32,
}

/// <summary>Source of an A-ABORT, PS3.8 table 9-26.</summary>
public enum DicomAbortSource
{
    ServiceUser = 0,
    Unknown = 1,
    ServiceProvider = 2,
}

/// <summary>Reason of an A-ABORT of the service provider, PS3.8 table 9-26.</summary>
public enum DicomAbortReason
{
    NotSpecified = 0,
    UnrecognizedPDU = 1,
    UnexpectedPDU = 2,
    UnrecognizedPDUParameter = 4,
    UnexpectedPDUParameter = 5,
    InvalidPDUParameter = 6,
}
