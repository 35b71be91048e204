using System.Globalization;
using System.Text.RegularExpressions;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using FellowOakDicom.IO.Writer;

namespace Inpaint.Medical.FellowOakDicom.Tests.Peers;

/// <summary>Compares a dataset with the listing that <c>dcmdump +L -Un</c> makes of it, line by line.</summary>
internal static partial class DumpComparison
{
    public static List<string> Differences(string dump, DicomDataset dataset)
    {
        List<string> theirs = [.. dump.Split('\n').Select(Line).Where(line => line is not null).Select(line => line!)];
        int start = theirs.FindIndex(line => !line.StartsWith("0|(0002,", StringComparison.Ordinal));
        theirs = theirs[Math.Max(0, start)..];
        var ours = new List<Listing>();
        List(dataset, 0, ours);
        var found = new List<string>();
        int i = 0;
        for (int our = 0; our < ours.Count && found.Count < 5; our++, i++)
        {
            string their = i < theirs.Count ? theirs[i] : "nothing";
            if (their == ours[our].AsUnknown)
            {
                // DCMTK shows an attribute stored as UN as bytes; we read it by the dictionary, and the bytes are the same.
                our += ours[our].Within;
            }
            else if (!Same(their, ours[our].Text))
            {
                found.Add($"line {i}: {Shorten(ours[our].Text)}, theirs {Shorten(their)}");
            }
        }

        if (found.Count == 0 && i < theirs.Count)
        {
            found.Add($"{theirs.Count - i} lines more in theirs, from {Shorten(theirs[i])}");
        }

        return found;
    }

    private static bool Same(string their, string our)
    {
        // DCMTK calls encapsulated pixel data OB whatever the file says.
        if (their == our || their == our.Replace("|OW|(PixelSequence", "|OB|(PixelSequence", StringComparison.Ordinal))
        {
            return true;
        }

        // dcmdump prints FL and FD with fewer digits than they have.
        string[] a = their.Split('|'), b = our.Split('|');
        return a.Length == 4 && b.Length == 4 && a.AsSpan(0, 3).SequenceEqual(b.AsSpan(0, 3)) && a[2] is "FL" or "FD" && a[3].Split('\\') is { } x && b[3].Split('\\') is { } y
            && x.Length == y.Length && x.Zip(y).All(pair => Close(Number(pair.First), Number(pair.Second)));
    }

    private static bool Close(double a, double b) => a == b || Math.Abs(a - b) <= 1e-5 * Math.Max(Math.Abs(a), Math.Abs(b));

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;

    /// <summary>"depth|(gggg,eeee)|VR|value" of one line, null for comments and delimiters.</summary>
    private static string? Line(string line)
    {
        Match match = Listed().Match(line);
        if (!match.Success || match.Groups["tag"].Value is "(fffe,e00d)" or "(fffe,e0dd)")
        {
            return null;
        }

        string vr = match.Groups["vr"].Value, value = match.Groups["value"].Value;
        value = vr is "SQ" or "na" or "pi" && value.StartsWith('(') && !value.StartsWith("(no value", StringComparison.Ordinal) ? ""
            : value is "(no value available)" ? "" : value is ['[', .., ']'] ? value[1..^1] : value;
        return $"{match.Groups["indent"].Length / 2}|{match.Groups["tag"].Value}|{vr}|{(vr is "SQ" or "na" ? "" : value.TrimEnd(' '))}";
    }

    private static void List(DicomDataset dataset, int depth, List<Listing> lines)
    {
        foreach (DicomItem item in dataset)
        {
            string tag = new DicomTag(item.Tag.Group, item.Tag.Element).ToString();
            switch (item)
            {
                case DicomSequence sequence:
                    int at = lines.Count;
                    lines.Add(new Listing($"{depth}|{tag}|SQ|"));
                    foreach (DicomDataset entry in sequence.Items)
                    {
                        lines.Add(new Listing($"{depth + 1}|(fffe,e000)|na|"));
                        List(entry, depth + 2, lines);
                    }

                    lines[at] = new Listing($"{depth}|{tag}|SQ|", $"{depth}|{tag}|UN|{Hex(ImplicitBytes(sequence), 1)}", lines.Count - at - 1);
                    break;
                case DicomFragmentSequence fragments:
                    lines.Add(new Listing($"{depth}|{tag}|{item.ValueRepresentation.Code}|(PixelSequence #={fragments.Fragments.Count + 1})"));
                    byte[] offsets = [.. fragments.OffsetTable.SelectMany(BitConverter.GetBytes)];
                    lines.Add(new Listing($"{depth + 1}|(fffe,e000)|pi|{Hex(offsets, 1)}"));
                    lines.AddRange(fragments.Fragments.Select(fragment => new Listing($"{depth + 1}|(fffe,e000)|pi|{Hex(fragment.Data, 1)}")));
                    break;
                case DicomElement element:
                    string unknown = element.Length < 4096 ? Hex(element.Buffer.Data, 1) : "";
                    lines.Add(new Listing($"{depth}|{tag}|{item.ValueRepresentation.Code}|{Value(element)}", $"{depth}|{tag}|UN|{unknown}"));
                    break;
            }
        }
    }

    /// <summary>The items of a sequence as they stand in a value of VR UN.</summary>
    private static byte[] ImplicitBytes(DicomSequence sequence)
    {
        using var bytes = new MemoryStream();
        var lengths = new DicomWriteOptions { ExplicitLengthSequences = true, ExplicitLengthSequenceItems = true };
        DatasetWriter.Write(bytes, new DicomDataset(new DicomSequence(sequence.Tag, [.. sequence.Items])), DicomTransferSyntax.ImplicitVRLittleEndian, lengths);
        return bytes.ToArray()[8..];
    }

    private static string Value(DicomElement element) => element switch
    {
        DicomOtherByte => Hex(element.Buffer.Data, 1),
        DicomOtherWord => Hex(element.Buffer.Data, 2),
        DicomAttributeTag => string.Join('\\', element.Get<DicomTag[]>().Select(tag => tag.ToString())),
        DicomStringElement => Raw(element.Buffer),
        _ => element.Get<string>(),
    };

    /// <summary>dcmdump prints bytes as they are, whatever the character set; so both sides are read as Latin-1.</summary>
    private static string Raw(IByteBuffer buffer) => System.Text.Encoding.Latin1.GetString(buffer.Data).TrimEnd(' ', '\0');

    private static string Hex(byte[] bytes, int unit) => string.Join('\\', bytes.Chunk(unit).Select(word =>
        unit == 1 ? word[0].ToString("x2", CultureInfo.InvariantCulture) : BitConverter.ToUInt16(word.Length == 2 ? word : [word[0], 0]).ToString("x4", CultureInfo.InvariantCulture)));

    private static string Shorten(string text) => text.Length <= 100 ? text : $"{text[..100]}… ({text.Length})";

    /// <param name="Text">As dcmdump lists it.</param>
    /// <param name="AsUnknown">As dcmdump lists it if it is stored with VR UN.</param>
    /// <param name="Within">Lines after this one that are its content.</param>
    private sealed record Listing(string Text, string AsUnknown = "", int Within = 0);

    [GeneratedRegex(@"^(?<indent> *)(?<tag>\([0-9a-f]{4},[0-9a-f]{4}\)) (?<vr>[A-Za-z?]{2}) (?<value>.*?) *# +(?:[0-9]+|u/l), *[0-9]+ ")]
    private static partial Regex Listed();
}
