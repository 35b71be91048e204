namespace Inpaint.Medical.Core.Errors;

/// <summary>
/// Stable codes of errors and findings, in blocks that follow the stages. A code is never reused; docs/errors.md lists them.
/// </summary>
public enum ErrorCode
{
    None = 0,

    // 1000 Receive
    PathNotFound = 1001,
    NoInstances = 1002,
    NotDicom = 1003,
    ParseLimitExceeded = 1004,
    InstanceTruncated = 1005,
    TransferSyntaxUnsupported = 1006,
    InstanceUnreadable = 1007,
    ArchiveRefused = 1008,
    NiftiHeaderInvalid = 1020,
    NiftiTypeUnsupported = 1021,
    NiftiDataTruncated = 1022,
    NiftiAffineInvalid = 1023,
    NiftiStreamTooLarge = 1024,

    // 2000 Group
    NotAnImage = 2001,
    ColourImage = 2002,
    Localizer = 2003,
    GeometryMissing = 2004,
    GeometryInvalid = 2005,
    SeveralPatients = 2006,
    TiledMosaic = 2007,
    SyntheticInput = 2008,
    SeriesSplit = 2009,
    AttributeInvalid = 2010,

    // 3000 BuildVolume
    TooFewSlices = 3001,
    NotAVolume = 3002,
    DuplicateSlice = 3003,
    ConflictingDuplicate = 3004,
    SlicesMissing = 3005,
    EndMissing = 3006,
    SpacingUneven = 3007,
    GantryTilt = 3008,
    OverlappingStacks = 3009,
    RescaleVaries = 3010,
    BitsStoredVary = 3011,
    SlicesOverlap = 3012,

    // 4000 Mask
    SliceTruncated = 4001,
    SliceUndecodable = 4002,
    SliceConstant = 4003,
    SliceGivenByHand = 4004,
    RegionGivenByHand = 4005,
    GapTooLong = 4006,
    TooManyMasked = 4007,
    EndNotFilled = 4008,
    MaskShapeMismatch = 4009,
    NothingVisible = 4010,
    SliceNumberOutOfRange = 4011,
    SpoiledSliceReported = 4012,
    SpacingNotFillable = 4013,
    SliceNotFinite = 4014,

    // 5000 Infer
    MethodUnknown = 5001,
    MethodFellBack = 5002,
    ModelRefused = 5003,
    DeviceUnavailable = 5004,
    PredictionNotFinite = 5005,
    ModelOutsideTraining = 5006,
    UncertaintyNotGiven = 5007,
    NotAdapted = 5008,

    // 6000 Composite
    VisibleVoxelChanged = 6001,
    VoxelsClamped = 6002,

    // 7000 Write
    OutputExists = 7001,
    OutputNotWritable = 7002,
    OutputInsideInput = 7003,
    AttributesRefused = 7004,

    // 8000 Deliver
    DestinationUnreachable = 8001,
    DestinationRefused = 8002,

    // 9000 Record
    RecordNotWritable = 9001,
    ProtocolInvalid = 9002,
    ProtocolNotMatched = 9003,
    Cancelled = 9004,
    UsageInvalid = 9005,
    Internal = 9999,
}
