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
    private static readonly Lazy<AttributePolicy> LazyMr = new(() => Load("MR")), LazyCt = new(() => Load("CT"));

    private AttributePolicy(ImmutableArray<CarriedAttribute> attributes) => Attributes = attributes;

    public ImmutableArray<CarriedAttribute> Attributes { get; }

    /// <summary>The policy of a storage SOP Class, or null where derived images of it are not written.</summary>
    public static AttributePolicy? For(string sopClassUid) =>
        sopClassUid == DicomUID.MRImageStorage.UID ? LazyMr.Value
        : sopClassUid == DicomUID.CTImageStorage.UID ? LazyCt.Value
        : null;

    private static AttributePolicy Load(string iod)
    {
        using Stream stream = typeof(AttributePolicy).Assembly.GetManifestResourceStream("attribute-policy.txt")!;
        using var reader = new StreamReader(stream);
        return new AttributePolicy(
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#'))
                .Select(line => line.Split(' '))
                .Where(words => words[2] == iod || words[2] == "any")
                .Select(words => new CarriedAttribute(Tag(words[0]), words[1], words[3][0], Enum.Parse<CarryRule>(words[4], ignoreCase: true)))
                .OrderBy(attribute => attribute.Tag),
        ]);
    }

    private static DicomTag Tag(string hex) => new(
        ushort.Parse(hex.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        ushort.Parse(hex.AsSpan(4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
