using System.Globalization;

namespace FellowOakDicom.Network;

/// <summary>Status of a response, PS3.7 annex C and the service classes of PS3.4. Equality is that of the code.</summary>
public class DicomStatus : IEquatable<DicomStatus>
{
    public static readonly DicomStatus Success = new("0000", DicomState.Success, "Success");
    public static readonly DicomStatus Cancel = new("FE00", DicomState.Cancel, "Cancel");
    public static readonly DicomStatus Pending = new("FF00", DicomState.Pending, "Pending");
    public static readonly DicomStatus Warning = new("0001", DicomState.Warning, "Warning");
    public static readonly DicomStatus WarningClass = new("Bxxx", DicomState.Warning, "Warning Class");
    public static readonly DicomStatus AttributeListError = new("0107", DicomState.Warning, "Attribute List Error");
    public static readonly DicomStatus AttributeValueOutOfRange = new("0116", DicomState.Warning, "Attribute Value Out of Range");
    public static readonly DicomStatus SOPClassNotSupported = new("0122", DicomState.Failure, "Refused: SOP Class not supported");
    public static readonly DicomStatus ClassInstanceConflict = new("0119", DicomState.Failure, "Class-Instance conflict");
    public static readonly DicomStatus DuplicateSOPInstance = new("0111", DicomState.Failure, "Duplicate SOP Instance");
    public static readonly DicomStatus DuplicateInvocation = new("0210", DicomState.Failure, "Duplicate invocation");
    public static readonly DicomStatus InvalidArgumentValue = new("0115", DicomState.Failure, "Invalid argument value");
    public static readonly DicomStatus InvalidAttributeValue = new("0106", DicomState.Failure, "Invalid attribute value");
    public static readonly DicomStatus InvalidObjectInstance = new("0117", DicomState.Failure, "Invalid object instance");
    public static readonly DicomStatus MissingAttribute = new("0120", DicomState.Failure, "Missing attribute");
    public static readonly DicomStatus MissingAttributeValue = new("0121", DicomState.Failure, "Missing attribute value");
    public static readonly DicomStatus MistypedArgument = new("0212", DicomState.Failure, "Mistyped argument");
    public static readonly DicomStatus NoSuchArgument = new("0114", DicomState.Failure, "No such argument");
    public static readonly DicomStatus NoSuchEventType = new("0113", DicomState.Failure, "No such event type");
    public static readonly DicomStatus NoSuchObjectInstance = new("0112", DicomState.Failure, "No such object instance");
    public static readonly DicomStatus NoSuchSOPClass = new("0118", DicomState.Failure, "No such SOP class");
    public static readonly DicomStatus NoSuchActionType = new("0123", DicomState.Failure, "No such action type");
    public static readonly DicomStatus ProcessingFailure = new("0110", DicomState.Failure, "Processing failure");
    public static readonly DicomStatus ResourceLimitation = new("0213", DicomState.Failure, "Resource limitation");
    public static readonly DicomStatus UnrecognizedOperation = new("0211", DicomState.Failure, "Unrecognized operation");
    public static readonly DicomStatus StorageStorageOutOfResources = new("A7xx", DicomState.Failure, "Out of Resources");

    public static readonly DicomStatus StorageDataSetDoesNotMatchSOPClassError =
        new("A9xx", DicomState.Failure, "Data Set does not match SOP Class (Error)");

    public static readonly DicomStatus StorageCannotUnderstand = new("Cxxx", DicomState.Failure, "Cannot understand");
    public static readonly DicomStatus StorageCoercionOfDataElements = new("B000", DicomState.Warning, "Coercion of Data Elements");

    public static readonly DicomStatus StorageDataSetDoesNotMatchSOPClassWarning =
        new("B007", DicomState.Warning, "Data Set does not match SOP Class (Warning)");

    public static readonly DicomStatus StorageElementsDiscarded = new("B006", DicomState.Warning, "Elements Discarded");

    public static readonly DicomStatus QueryRetrieveOutOfResources = new("A700", DicomState.Failure, "Out of Resources");

    public static readonly DicomStatus QueryRetrieveUnableToCalculateNumberOfMatches =
        new("A701", DicomState.Failure, "Unable to calculate number of matches");

    public static readonly DicomStatus QueryRetrieveUnableToPerformSuboperations =
        new("A702", DicomState.Failure, "Unable to perform suboperations");

    public static readonly DicomStatus QueryRetrieveMoveDestinationUnknown =
        new("A801", DicomState.Failure, "Move Destination unknown");

    public static readonly DicomStatus QueryRetrieveIdentifierDoesNotMatchSOPClass =
        new("A900", DicomState.Failure, "Identifier does not match SOP Class");

    public static readonly DicomStatus QueryRetrieveUnableToProcess = new("Cxxx", DicomState.Failure, "Unable to process");

    public static readonly DicomStatus QueryRetrieveOptionalKeysNotSupported =
        new("FF01", DicomState.Pending, "Optional Keys Not Supported");

    public static readonly DicomStatus QueryRetrieveSubOpsOneOrMoreFailures =
        new("B000", DicomState.Warning, "Sub operations Complete: One or more failures");

    public readonly ushort Code;
    public readonly DicomState State;
    public readonly string Description;
    public readonly string ErrorComment;

    private static readonly Lock _knownLock = new();
    private static volatile DicomStatus[] _known =
    [
        Success, Cancel, Pending, Warning, AttributeListError, AttributeValueOutOfRange, SOPClassNotSupported, ClassInstanceConflict,
        DuplicateSOPInstance, DuplicateInvocation, InvalidArgumentValue, InvalidAttributeValue, InvalidObjectInstance, MissingAttribute,
        MissingAttributeValue, MistypedArgument, NoSuchArgument, NoSuchEventType, NoSuchObjectInstance, NoSuchSOPClass, NoSuchActionType,
        ProcessingFailure, ResourceLimitation, UnrecognizedOperation, StorageCoercionOfDataElements,
        StorageDataSetDoesNotMatchSOPClassWarning, StorageElementsDiscarded, QueryRetrieveUnableToCalculateNumberOfMatches,
        QueryRetrieveUnableToPerformSuboperations, QueryRetrieveMoveDestinationUnknown, QueryRetrieveOptionalKeysNotSupported,
        StorageStorageOutOfResources, StorageDataSetDoesNotMatchSOPClassError, StorageCannotUnderstand, WarningClass,
    ];

    private readonly ushort _mask;

    /// <param name="code">Four hexadecimal digits; x stands for any digit, and for 0 in <see cref="Code"/>.</param>
    /// <param name="status">The class.</param>
    /// <param name="desc">What it means.</param>
    public DicomStatus(string code, DicomState status, string desc)
        : this(code, status, desc, null)
    {
    }

    public DicomStatus(string code, DicomState status, string desc, string comment)
    {
        Code = ushort.Parse(code.Replace('x', '0'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        _mask = ushort.Parse(
            string.Concat(code.Select(digit => digit == 'x' ? '0' : 'F')), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        State = status;
        Description = desc;
        ErrorComment = comment;
    }

    public DicomStatus(DicomStatus status, string comment)
        : this(status.Code, status, comment)
    {
    }

    public DicomStatus(ushort code, DicomStatus status)
        : this(code, status, status.ErrorComment)
    {
    }

    private DicomStatus(ushort code, DicomStatus status, string comment)
    {
        Code = code;
        _mask = status._mask;
        State = status.State;
        Description = status.Description;
        ErrorComment = comment;
    }

    public static bool operator ==(DicomStatus s1, DicomStatus s2) => s1 is null ? s2 is null : s1.Equals(s2);

    public static bool operator !=(DicomStatus s1, DicomStatus s2) => !(s1 == s2);

    /// <summary>Adds statuses that <see cref="Lookup"/> finds before the built-in ones.</summary>
    public static void AddKnownDicomStatuses(IEnumerable<DicomStatus> statuses)
    {
        lock (_knownLock)
        {
            _known = [.. statuses, .. _known];
        }
    }

    /// <summary>Finds the meaning of a code; an exact one before a range, and the code is kept. Unknown: processing failure.</summary>
    public static DicomStatus Lookup(ushort code)
    {
        DicomStatus[] known = _known;
        DicomStatus match = Array.Find(known, status => status._mask == ushort.MaxValue && status.Code == code)
            ?? Array.Find(known, status => status.Code == (code & status._mask));
        return match is null ? ProcessingFailure : match.Code == code ? match : new DicomStatus(code, match);
    }

    public bool Equals(DicomStatus other) => other is not null && Code == other.Code;

    public override bool Equals(object obj) => Equals(obj as DicomStatus);

    public override int GetHashCode() => Code;

    public override string ToString() => ErrorComment == null
        ? string.Create(CultureInfo.InvariantCulture, $"{State} [{Code:x4}: {Description}]")
        : string.Create(CultureInfo.InvariantCulture, $"{State} [{Code:x4}: {Description}] -- {ErrorComment}");
}
