using System.Collections.Concurrent;
using FellowOakDicom.IO;

namespace FellowOakDicom;

/// <summary>How a dataset is encoded (PS3.5 §10 and Annex A).</summary>
public sealed class DicomTransferSyntax : IEquatable<DicomTransferSyntax>
{
    private static readonly ConcurrentDictionary<string, DicomTransferSyntax> Known = new(StringComparer.Ordinal);

    public static readonly DicomTransferSyntax ImplicitVRLittleEndian = Native("1.2.840.10008.1.2", explicitVr: false);
    public static readonly DicomTransferSyntax ExplicitVRLittleEndian = Native("1.2.840.10008.1.2.1");
    public static readonly DicomTransferSyntax ExplicitVRBigEndian = Native("1.2.840.10008.1.2.2", big: true);
    public static readonly DicomTransferSyntax DeflatedExplicitVRLittleEndian = Native("1.2.840.10008.1.2.1.99", deflate: true);
    public static readonly DicomTransferSyntax EncapsulatedUncompressedExplicitVRLittleEndian = Encapsulated("1.2.840.10008.1.2.1.98");
    public static readonly DicomTransferSyntax GEPrivateImplicitVRBigEndian =
        Native("1.2.840.113619.5.2", explicitVr: false, swapPixelData: true, name: "GE Private Implicit VR Big Endian");
    public static readonly DicomTransferSyntax JPEGProcess1 = Encapsulated("1.2.840.10008.1.2.4.50", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess2_4 = Encapsulated("1.2.840.10008.1.2.4.51", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess3_5Retired = Encapsulated("1.2.840.10008.1.2.4.52", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess6_8Retired = Encapsulated("1.2.840.10008.1.2.4.53", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess7_9Retired = Encapsulated("1.2.840.10008.1.2.4.54", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess10_12Retired = Encapsulated("1.2.840.10008.1.2.4.55", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess11_13Retired = Encapsulated("1.2.840.10008.1.2.4.56", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess14 = Encapsulated("1.2.840.10008.1.2.4.57");
    public static readonly DicomTransferSyntax JPEGProcess15Retired = Encapsulated("1.2.840.10008.1.2.4.58");
    public static readonly DicomTransferSyntax JPEGProcess16_18Retired = Encapsulated("1.2.840.10008.1.2.4.59", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess17_19Retired = Encapsulated("1.2.840.10008.1.2.4.60", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess20_22Retired = Encapsulated("1.2.840.10008.1.2.4.61", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess21_23Retired = Encapsulated("1.2.840.10008.1.2.4.62", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess24_26Retired = Encapsulated("1.2.840.10008.1.2.4.63", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess25_27Retired = Encapsulated("1.2.840.10008.1.2.4.64", "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess28Retired = Encapsulated("1.2.840.10008.1.2.4.65");
    public static readonly DicomTransferSyntax JPEGProcess29Retired = Encapsulated("1.2.840.10008.1.2.4.66");
    public static readonly DicomTransferSyntax JPEGProcess14SV1 = Encapsulated("1.2.840.10008.1.2.4.70");
    public static readonly DicomTransferSyntax JPEGLSLossless = Encapsulated("1.2.840.10008.1.2.4.80");
    public static readonly DicomTransferSyntax JPEGLSNearLossless = Encapsulated("1.2.840.10008.1.2.4.81", "ISO_14495_1");
    public static readonly DicomTransferSyntax JPEG2000Lossless = Encapsulated("1.2.840.10008.1.2.4.90");
    public static readonly DicomTransferSyntax JPEG2000Lossy = Encapsulated("1.2.840.10008.1.2.4.91", "ISO_15444_1");
    public static readonly DicomTransferSyntax JPEG2000Part2MultiComponentLosslessOnly = Encapsulated("1.2.840.10008.1.2.4.92");
    public static readonly DicomTransferSyntax JPEG2000Part2MultiComponent = Encapsulated("1.2.840.10008.1.2.4.93", "ISO_15444_2");
    public static readonly DicomTransferSyntax JPIPReferenced = Native("1.2.840.10008.1.2.4.94");
    public static readonly DicomTransferSyntax JPIPReferencedDeflate = Native("1.2.840.10008.1.2.4.95", deflate: true);
    public static readonly DicomTransferSyntax MPEG2 = Encapsulated("1.2.840.10008.1.2.4.100", "ISO_13818_2");
    public static readonly DicomTransferSyntax MPEG2MainProfileHighLevel = Encapsulated("1.2.840.10008.1.2.4.101", "ISO_13818_2");
    public static readonly DicomTransferSyntax MPEG4AVCH264HighProfileLevel41 = Encapsulated("1.2.840.10008.1.2.4.102", "ISO_14496_10");
    public static readonly DicomTransferSyntax MPEG4AVCH264BDCompatibleHighProfileLevel41 = Encapsulated("1.2.840.10008.1.2.4.103", "ISO_14496_10");
    public static readonly DicomTransferSyntax MPEG4AVCH264HighProfileLevel42For2DVideo = Encapsulated("1.2.840.10008.1.2.4.104", "ISO_14496_10");
    public static readonly DicomTransferSyntax MPEG4AVCH264HighProfileLevel42For3DVideo = Encapsulated("1.2.840.10008.1.2.4.105", "ISO_14496_10");
    public static readonly DicomTransferSyntax MPEG4AVCH264StereoHighProfileLevel42 = Encapsulated("1.2.840.10008.1.2.4.106", "ISO_14496_10");
    public static readonly DicomTransferSyntax HEVCH265MainProfileLevel51 = Encapsulated("1.2.840.10008.1.2.4.107", "ISO_23008_2");
    public static readonly DicomTransferSyntax HEVCH265Main10ProfileLevel51 = Encapsulated("1.2.840.10008.1.2.4.108", "ISO_23008_2");
    public static readonly DicomTransferSyntax HTJ2KLossless =
        Encapsulated("1.2.840.10008.1.2.4.201", name: "High-Throughput JPEG 2000 Image Compression (Lossless Only)");
    public static readonly DicomTransferSyntax HTJ2KLosslessRPCL =
        Encapsulated("1.2.840.10008.1.2.4.202", name: "High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)");
    public static readonly DicomTransferSyntax HTJ2K =
        Encapsulated("1.2.840.10008.1.2.4.203", "ISO_15444_15", "High-Throughput JPEG 2000 Image Compression");
    public static readonly DicomTransferSyntax RLELossless = Encapsulated("1.2.840.10008.1.2.5");

    private DicomTransferSyntax(DicomUID uid) => UID = uid;

    public static IEnumerable<DicomTransferSyntax> KnownEntries => Known.Values;

    public DicomUID UID { get; }

    public bool IsRetired => UID.IsRetired;

    public bool IsExplicitVR { get; private init; } = true;

    public bool IsEncapsulated { get; private init; }

    public bool IsLossy => LossyCompressionMethod is not null;

    /// <summary>Value for Lossy Image Compression Method (0028,2114), or null for a lossless syntax.</summary>
    public string LossyCompressionMethod { get; private init; }

    public bool IsDeflate { get; private init; }

    public Endian Endian { get; private init; } = Endian.Little;

    public bool SwapPixelData { get; private init; }

    public static bool operator ==(DicomTransferSyntax a, DicomTransferSyntax b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomTransferSyntax a, DicomTransferSyntax b) => !(a == b);

    public static DicomTransferSyntax Parse(string s) => Lookup(DicomUID.Parse(s));

    /// <summary>The registered syntax of this UID, or a new one taken to be explicit little endian, encapsulated.</summary>
    /// <exception cref="DicomDataException">The UID is not a transfer syntax.</exception>
    public static DicomTransferSyntax Lookup(DicomUID uid) => Query(uid) ?? Make(uid, Endian.Little, true, true);

    /// <summary>The registered syntax of this UID, or null.</summary>
    public static DicomTransferSyntax Query(DicomUID uid) => uid is not null && Known.TryGetValue(uid.UID, out DicomTransferSyntax syntax) ? syntax : null;

    public static DicomTransferSyntax Register(DicomUID uid) => Register(uid, Endian.Little);

    /// <exception cref="DicomDataException">The UID is not a transfer syntax.</exception>
    public static DicomTransferSyntax Register(DicomUID uid, Endian endian, bool isExplicitVR = true, bool isEncapsulated = true) =>
        Known.GetOrAdd(uid.UID, _ => Make(uid, endian, isExplicitVR, isEncapsulated));

    public static bool Unregister(DicomUID uid) => Known.TryRemove(uid.UID, out _);

    public bool Equals(DicomTransferSyntax other) => other is not null && UID == other.UID;

    public override bool Equals(object obj) => Equals(obj as DicomTransferSyntax);

    public override int GetHashCode() => UID.GetHashCode();

    public override string ToString() => UID.Name;

    /// <summary>For reading a file whose syntax nobody registered: explicit little endian is the only guess that can work.</summary>
    internal static DicomTransferSyntax Unregistered(DicomUID uid) => Query(uid) ?? new DicomTransferSyntax(uid) { IsEncapsulated = true };

    private static DicomTransferSyntax Make(DicomUID uid, Endian endian, bool isExplicitVR, bool isEncapsulated) =>
        uid.Type == DicomUidType.TransferSyntax
            ? new DicomTransferSyntax(uid) { Endian = endian, IsExplicitVR = isExplicitVR, IsEncapsulated = isEncapsulated }
            : throw new DicomDataException($"UID {uid} is not a transfer syntax type.");

    private static DicomUID Uid(string uid, string name)
    {
        DicomUID known = DicomUID.Parse(uid, name, DicomUidType.TransferSyntax);
        DicomUID.Register(known);
        return known;
    }

    private static DicomTransferSyntax Native(
        string uid, bool explicitVr = true, bool big = false, bool deflate = false, bool swapPixelData = false, string name = "Unknown") =>
        Known[uid] = new DicomTransferSyntax(Uid(uid, name))
        {
            IsExplicitVR = explicitVr,
            Endian = big ? Endian.Big : Endian.Little,
            IsDeflate = deflate,
            SwapPixelData = swapPixelData,
        };

    private static DicomTransferSyntax Encapsulated(string uid, string lossyMethod = null, string name = "Unknown") =>
        Known[uid] = new DicomTransferSyntax(Uid(uid, name)) { IsEncapsulated = true, LossyCompressionMethod = lossyMethod };
}
