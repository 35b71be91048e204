using System.Collections.Immutable;
using System.Globalization;
using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>When an attribute of the sources goes into a derived image; attribute-policy.txt explains.</summary>
internal enum CarryRule
{
    Entity,
    Slice,
    Acquired,
    Uniform,
}

/// <summary>One line of the policy.</summary>
/// <param name="Type">'1', '2' or '-' (3 and conditional), PS3.5 7.4.</param>
internal sealed record CarriedAttribute(DicomTag Tag, string Keyword, char Type, CarryRule Rule);

/// <summary>The allow-list of one IOD: a derived image starts empty, and only these attributes are carried over.</summary>
internal sealed class AttributePolicy
{
    private static readonly (DicomUID SopClass, Lazy<AttributePolicy> Policy)[] All =
    [
        (DicomUID.MRImageStorage, new(() => Load("MR", "classic"))),
        (DicomUID.CTImageStorage, new(() => Load("CT", "classic"))),
        (DicomUID.EnhancedMRImageStorage, new(() => Load("EMR", "enhanced"))),
        (DicomUID.EnhancedCTImageStorage, new(() => Load("ECT", "enhanced"))),
    ];

    private AttributePolicy(ImmutableArray<CarriedAttribute> attributes) => Attributes = attributes;

    public ImmutableArray<CarriedAttribute> Attributes { get; }

    /// <summary>The policy of a storage SOP Class, or null where derived images of it are not written.</summary>
    public static AttributePolicy? For(string sopClassUid) => Array.Find(All, entry => entry.SopClass.UID == sopClassUid).Policy?.Value;

    /// <summary>Whether images of the SOP Class are multi-frame with functional groups.</summary>
    public static bool IsEnhanced(string sopClassUid) =>
        sopClassUid == DicomUID.EnhancedMRImageStorage.UID || sopClassUid == DicomUID.EnhancedCTImageStorage.UID;

    private static AttributePolicy Load(string iod, string family)
    {
        using Stream stream = typeof(AttributePolicy).Assembly.GetManifestResourceStream("attribute-policy.txt")!;
        using var reader = new StreamReader(stream);
        return new AttributePolicy(
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#'))
                .Select(line => line.Split(' '))
                .Where(words => words[2] == iod || words[2] == family || words[2] == "any")
                .Select(words => new CarriedAttribute(Tag(words[0]), words[1], words[3][0], Enum.Parse<CarryRule>(words[4], ignoreCase: true)))
                .OrderBy(attribute => attribute.Tag),
        ]);
    }

    private static DicomTag Tag(string hex) => new(
        ushort.Parse(hex.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        ushort.Parse(hex.AsSpan(4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
