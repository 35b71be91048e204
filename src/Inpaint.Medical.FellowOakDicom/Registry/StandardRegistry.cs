using System.Buffers.Text;
using System.Text;

namespace FellowOakDicom;

/// <summary>
/// The embedded registry of data elements. A line of it becomes an entry when it is first asked for: loading only notes where lines
/// start, so that a short run pays a fraction of a millisecond for 5,000 attributes.
/// </summary>
internal sealed class StandardRegistry
{
    private static readonly Lazy<StandardRegistry> Instance = new(() => new StandardRegistry());

    private readonly byte[] _text;
    private readonly uint[] _tags;
    private readonly int[] _lines;
    private readonly DicomDictionaryEntry[] _entries;
    private readonly List<DicomDictionaryEntry> _repeating = [];
    private Dictionary<string, uint> _keywords;

    private StandardRegistry()
    {
        _text = ReadResource("attributes.txt");
        var tags = new List<uint>(5200);
        var lines = new List<int>(5200);
        for (int start = 0; start < _text.Length;)
        {
            if (Utf8Parser.TryParse(_text.AsSpan(start, 8), out uint tag, out int digits, 'X') && digits == 8)
            {
                tags.Add(tag);
                lines.Add(start);
            }
            else
            {
                _repeating.Add(ReadLine(start));
            }

            int length = _text.AsSpan(start).IndexOf((byte)'\n');
            start = length < 0 ? _text.Length : start + length + 1;
        }

        _tags = [.. tags];
        _lines = [.. lines];
        _entries = new DicomDictionaryEntry[_tags.Length];
    }

    public static StandardRegistry Shared => Instance.Value;

    public static byte[] ReadResource(string name)
    {
        using Stream stream = typeof(StandardRegistry).Assembly.GetManifestResourceStream(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public DicomDictionaryEntry Find(uint tag)
    {
        int index = Array.BinarySearch(_tags, tag);
        return index >= 0 ? EntryAt(index) : FindRepeating(tag);
    }

    public DicomTag FindKeyword(string keyword) =>
        (_keywords ?? (_keywords = IndexKeywords())).TryGetValue(keyword, out uint tag) ? new DicomTag(tag) : null;

    public IEnumerable<DicomDictionaryEntry> All() => Enumerable.Range(0, _tags.Length).Select(EntryAt).Concat(_repeating);

    private DicomDictionaryEntry EntryAt(int index) => _entries[index] ??= ReadLine(_lines[index]);

    private DicomDictionaryEntry FindRepeating(uint number)
    {
        foreach (DicomDictionaryEntry entry in _repeating)
        {
            if ((number & entry.MaskTag.Mask) == entry.MaskTag.Card)
            {
                return entry;
            }
        }

        return null;
    }

    private Dictionary<string, uint> IndexKeywords()
    {
        var keywords = new Dictionary<string, uint>(_tags.Length + _repeating.Count, StringComparer.Ordinal);
        foreach (DicomDictionaryEntry entry in All())
        {
            keywords.TryAdd(entry.Keyword, entry.Tag.Number);
        }

        return keywords;
    }

    /// <summary>A line is: tag, representations joined by '/', multiplicity, R if retired, keyword, name; tabs between.</summary>
    private DicomDictionaryEntry ReadLine(int start)
    {
        ReadOnlySpan<byte> rest = _text.AsSpan(start);
        string[] fields = Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'\n')]).Split('\t');
        DicomVR[] vrs = [.. fields[1].Split('/').Select(DicomVR.Parse)];
        DicomVM vm = DicomVM.Parse(fields[2]);
        bool retired = fields[3] == "R";
        return fields[0].Contains('x', StringComparison.Ordinal)
            ? new DicomDictionaryEntry(DicomMaskedTag.Parse(fields[0]), fields[5], fields[4], vm, retired, vrs)
            : new DicomDictionaryEntry(DicomTag.Parse(fields[0]), fields[5], fields[4], vm, retired, vrs);
    }
}
