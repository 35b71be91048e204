using System.Collections;
using System.Collections.Concurrent;

namespace FellowOakDicom;

/// <summary>Attributes by tag and by keyword. The default one holds the whole registry of PS3.6 and PS3.7.</summary>
public partial class DicomDictionary : IEnumerable<DicomDictionaryEntry>
{
    public static readonly DicomDictionaryEntry UnknownTag =
        new(DicomMaskedTag.Parse("xxxxxxxx"), "Unknown", "Unknown", DicomVM.VM_1_n, false,
            DicomVR.UN, DicomVR.AE, DicomVR.AS, DicomVR.AT, DicomVR.CS, DicomVR.DA, DicomVR.DS, DicomVR.DT, DicomVR.FD, DicomVR.FL,
            DicomVR.IS, DicomVR.LO, DicomVR.LT, DicomVR.OB, DicomVR.OD, DicomVR.OF, DicomVR.OL, DicomVR.OV, DicomVR.OW, DicomVR.PN,
            DicomVR.SH, DicomVR.SL, DicomVR.SQ, DicomVR.SS, DicomVR.ST, DicomVR.SV, DicomVR.TM, DicomVR.UC, DicomVR.UI, DicomVR.UL,
            DicomVR.UR, DicomVR.US, DicomVR.UT, DicomVR.UV);

    public static readonly DicomDictionaryEntry PrivateCreatorTag =
        new(DicomMaskedTag.Parse("xxxx00xx"), "Private Creator", "PrivateCreator", DicomVM.VM_1, false, DicomVR.LO);

    private static readonly DicomDictionaryEntry GroupLength =
        new(DicomMaskedTag.Parse("xxxx0000"), "Group Length", "GroupLength", DicomVM.VM_1, false, DicomVR.UL);

    private static DicomDictionary _default;

    private readonly StandardRegistry _standard;
    private readonly ConcurrentDictionary<uint, DicomDictionaryEntry> _entries = new();
    private readonly ConcurrentDictionary<string, DicomTag> _keywords = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DicomPrivateCreator> _creators = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<DicomPrivateCreator, DicomDictionary> _private = new();
    private readonly List<DicomDictionaryEntry> _masked = [];

    public DicomDictionary()
    {
    }

    private DicomDictionary(StandardRegistry standard) => _standard = standard;

    public static DicomDictionary Default
    {
        get => EnsureDefaultDictionariesLoaded();
        set => _default = value;
    }

    public DicomPrivateCreator PrivateCreator { get; internal set; }

    /// <summary>The entry of a tag; <see cref="UnknownTag"/> if there is none.</summary>
    public DicomDictionaryEntry this[DicomTag tag] => Find(tag) ?? UnknownTag;

    /// <summary>The dictionary of a private creator, made when first asked for.</summary>
    public DicomDictionary this[DicomPrivateCreator creator] =>
        _private.GetOrAdd(creator, key => new DicomDictionary { PrivateCreator = key });

    /// <summary>The tag of a keyword, or null.</summary>
    public DicomTag this[string keyword] =>
        keyword is null ? null : _keywords.TryGetValue(keyword, out DicomTag added) ? added : _standard?.FindKeyword(keyword);

    /// <summary>Loads the registry on first use. There are no private dictionaries to load; the argument is fo-dicom's.</summary>
    public static DicomDictionary EnsureDefaultDictionariesLoaded(bool? loadPrivateDictionary = null)
    {
        _ = loadPrivateDictionary;
        return Volatile.Read(ref _default) ?? Interlocked.CompareExchange(ref _default, new DicomDictionary(StandardRegistry.Shared), null) ?? _default;
    }

    public void Add(DicomDictionaryEntry entry)
    {
        if (entry.Tag.PrivateCreator is not null && PrivateCreator is null)
        {
            this[entry.Tag.PrivateCreator].Add(entry);
            return;
        }

        if (entry.MaskTag is null || entry.MaskTag.Mask == 0xFFFFFFFF)
        {
            _entries[KeyOf(entry.Tag)] = entry;
            _keywords[entry.Keyword] = entry.Tag;
            return;
        }

        lock (_masked)
        {
            _masked.Add(entry);
            _masked.Sort((a, b) => uint.PopCount(b.MaskTag.Mask).CompareTo(uint.PopCount(a.MaskTag.Mask)));
        }
    }

    public DicomPrivateCreator GetPrivateCreator(string creator) => _creators.GetOrAdd(creator, static name => new DicomPrivateCreator(name));

    public IEnumerator<DicomDictionaryEntry> GetEnumerator()
    {
        IEnumerable<DicomDictionaryEntry> standard = _standard is null ? [] : _standard.All().Where(entry => !_entries.ContainsKey(entry.Tag.Number));
        return standard.Concat(_entries.Values).Concat(_masked).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The representations an element of this tag may have in implicit VR; null if the tag is unknown.</summary>
    internal DicomVR[] FindRepresentations(DicomTag tag) => Find(tag)?.ValueRepresentations;

    private DicomDictionaryEntry Find(DicomTag tag)
    {
        if (!_private.IsEmpty && tag.PrivateCreator is not null && PrivateCreator is null
            && _private.TryGetValue(tag.PrivateCreator, out DicomDictionary owned) && owned.Find(tag) is { } entry)
        {
            return entry;
        }

        return _entries.TryGetValue(KeyOf(tag), out entry) || (!tag.IsPrivate && (entry = _standard?.Find(tag.Number)) is not null) ? entry
            : FindMasked(tag) ?? (_standard is null ? null
                : tag.Element == 0 ? GroupLength
                : tag.IsPrivate && tag.Element is >= 0x10 and <= 0xFF ? PrivateCreatorTag : null);
    }

    private DicomDictionaryEntry FindMasked(DicomTag tag)
    {
        lock (_masked)
        {
            foreach (DicomDictionaryEntry entry in _masked)
            {
                if (entry.MaskTag.IsMatch(tag))
                {
                    return entry;
                }
            }
        }

        return null;
    }

    /// <summary>Within a private dictionary only the offset in the block counts, the block's number does not.</summary>
    private uint KeyOf(DicomTag tag) => PrivateCreator is null ? tag.Number : tag.Number & 0xFFFF00FF;
}
