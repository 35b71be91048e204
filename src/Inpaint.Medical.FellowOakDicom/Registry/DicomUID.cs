using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace FellowOakDicom;

public enum DicomUidType
{
    TransferSyntax,
    SOPClass,
    MetaSOPClass,
    ServiceClass,
    SOPInstance,
    ApplicationContextName,
    ApplicationHostingModel,
    CodingScheme,
    FrameOfReference,
    SynchronizationFrameOfReference,
    LDAP,
    MappingResource,
    ContextGroupName,
    Unknown,
}

public enum DicomStorageCategory
{
    None,
    Image,
    PresentationState,
    StructuredReport,
    Waveform,
    Document,
    Raw,
    Other,
    Private,
    Volume,
}

/// <summary>A unique identifier (PS3.5 §9); two are equal if their texts are.</summary>
public sealed partial class DicomUID : IEquatable<DicomUID>
{
    private static readonly Lazy<ConcurrentDictionary<string, DicomUID>> Registry = new(Load);

    public DicomUID(string uid, string name, DicomUidType type, bool retired = false)
    {
        UID = uid;
        Name = name;
        Type = type;
        IsRetired = retired;
    }

    /// <summary>Root of a site's own identifiers; <see cref="Generate"/> does not use it.</summary>
    public static string RootUID { get; set; } = "1.2.826.0.1.3680043.2.1343.1";

    public string UID { get; }

    public string Name { get; }

    public DicomUidType Type { get; }

    public bool IsRetired { get; }

    public bool IsImageStorage => StorageCategory is DicomStorageCategory.Image or DicomStorageCategory.Volume;

    public bool IsVolumeStorage => StorageCategory == DicomStorageCategory.Volume;

    /// <summary>What kind of object a storage SOP class stores, told from its registered name.</summary>
    public DicomStorageCategory StorageCategory
    {
        get
        {
            if (!UID.StartsWith("1.2.840.10008", StringComparison.Ordinal) && Type == DicomUidType.SOPClass)
            {
                return DicomStorageCategory.Private;
            }

            if (Type != DicomUidType.SOPClass || Name.StartsWith("Storage Commitment", StringComparison.Ordinal)
                || !Name.Contains("Storage", StringComparison.Ordinal))
            {
                return DicomStorageCategory.None;
            }

            return Names("Parametric Map") || Names("Segmentation Storage") || Names("Dose Storage") ? DicomStorageCategory.Volume
                : Names("Image Storage") || Names("Image Word Storage") || Names("Frame") ? DicomStorageCategory.Image
                : Names("Presentation State") ? DicomStorageCategory.PresentationState
                : Names("SR Storage") || Names("Key Object") || Names("Report") || Names("Log") ? DicomStorageCategory.StructuredReport
                : Names("Waveform") || Names("ECG") ? DicomStorageCategory.Waveform
                : Names("Encapsulated") ? DicomStorageCategory.Document
                : Names("Raw") ? DicomStorageCategory.Raw
                : DicomStorageCategory.Other;

            bool Names(string part) => Name.Contains(part, StringComparison.Ordinal);
        }
    }

    public static bool operator ==(DicomUID a, DicomUID b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomUID a, DicomUID b) => !(a == b);

    /// <summary>A new random identifier, <c>2.25.</c> and a UUID as a decimal number (PS3.5 §B.2).</summary>
    public static DicomUID Generate() => DicomUIDGenerator.GenerateDerivedFromUUID();

    public static DicomUID Append(DicomUID baseUid, long nextSeq) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{baseUid.UID}.{nextSeq}"), "SOP Instance UID", DicomUidType.SOPInstance);

    /// <summary>1 to 64 characters: components of digits without leading zeros, joined by dots.</summary>
    public static bool IsValidUid(string uid)
    {
        if (string.IsNullOrEmpty(uid) || uid.Length > 64)
        {
            return false;
        }

        foreach (string component in uid.Split('.'))
        {
            if (component.Length == 0 || (component.Length > 1 && component[0] == '0') || !component.All(char.IsAsciiDigit))
            {
                return false;
            }
        }

        return true;
    }

    public static DicomUID Parse(string s) => Parse(s, "Unknown", DicomUidType.Unknown);

    /// <summary>The registered identifier of this text, or a new one with the given name and type. The text is not validated.</summary>
    public static DicomUID Parse(string s, string name = "Unknown", DicomUidType type = DicomUidType.Unknown)
    {
        string uid = s.TrimEnd(' ', '\0');
        return Registry.Value.TryGetValue(uid, out DicomUID known) ? known : new DicomUID(uid, name, type);
    }

    public static void Register(DicomUID uid) => Registry.Value[uid.UID] = uid;

    public static IEnumerable<DicomUID> Enumerate() => Registry.Value.Values;

    public bool Equals(DicomUID other) => other is not null && UID == other.UID;

    public override bool Equals(object obj) => Equals(obj as DicomUID);

    public override int GetHashCode() => UID.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Type == DicomUidType.Unknown ? $"{UID} [Unknown]" : $"{Name} [{UID}]";

    internal static DicomUID FromUuid(Guid uuid) =>
        new("2.25." + new BigInteger(uuid.ToByteArray(bigEndian: true), isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture),
            "SOP Instance UID", DicomUidType.SOPInstance);

    private static DicomUID Standard(string uid) => Registry.Value[uid];

    /// <summary>A line of the registry is: UID, type, R if retired, keyword, name; tabs between.</summary>
    private static ConcurrentDictionary<string, DicomUID> Load()
    {
        var known = new ConcurrentDictionary<string, DicomUID>(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(StandardRegistry.ReadResource("uids.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split('\t');
            known[fields[0]] = new DicomUID(fields[0], fields[4], Enum.Parse<DicomUidType>(fields[1]), fields[2] == "R");
        }

        return known;
    }
}
