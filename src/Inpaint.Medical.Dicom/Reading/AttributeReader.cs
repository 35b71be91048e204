using System.Globalization;
using System.Text;
using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>
/// Reads attributes of one frame: from its own functional groups, else the shared ones, else the top level (PS3.3 C.7.6.16).
/// Absent and empty values are null; values that are no numbers are null too and leave a finding.
/// </summary>
internal sealed class AttributeReader(
    DicomDataset top, DicomDataset? shared, DicomDataset? perFrame, string source, ICollection<Finding> findings)
{
    public DicomDataset Top => top;

    /// <summary>The first item of a functional group's sequence.</summary>
    public DicomDataset? Group(DicomTag macro) => First(perFrame, macro) ?? First(shared, macro);

    public string? Text(DicomTag tag, DicomTag? macro = null) => Texts(tag, macro) is [var first, ..] && first.Length > 0 ? first : null;

    /// <summary>All values, trimmed; none where the attribute is absent or empty.</summary>
    public string[] Texts(DicomTag tag, DicomTag? macro = null) => Holder(tag, macro) is { } holder ? TextsOf(holder, tag) : [];

    public double? Number(DicomTag tag, DicomTag? macro = null) => Numbers(tag, 1, macro)?[0];

    public int? Integer(DicomTag tag, DicomTag? macro = null) => Number(tag, macro) is { } number
        && number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue ? (int)number : null;

    public Vector3? Vector(DicomTag tag, DicomTag? macro = null) =>
        Numbers(tag, 3, macro) is [var x, var y, var z, ..] ? new Vector3(x, y, z) : null;

    /// <summary>At least <paramref name="count"/> finite numbers, or null.</summary>
    public double[]? Numbers(DicomTag tag, int count, DicomTag? macro = null)
    {
        if (Holder(tag, macro) is not { } holder)
        {
            return null;
        }

        string[] texts = TextsOf(holder, tag);
        if (texts.Length == 0 || texts.All(text => text.Length == 0))
        {
            return null;
        }

        double[]? numbers = Parse(texts);
        if (numbers is null || numbers.Length < count)
        {
            findings.Add(Invalid(tag, count, texts));
            return null;
        }

        return numbers;
    }

    /// <summary>
    /// A private value, whatever element block its creator reserved (PS3.5 7.8.1) and whether or not its VR survived
    /// (implicit VR gives UN). Empty where absent.
    /// </summary>
    public double[] PrivateNumbers(string creator, ushort group, byte element, DicomVR expected)
    {
        foreach (DicomDataset dataset in Layers())
        {
            foreach (DicomItem item in dataset)
            {
                if (item is DicomElement found && found.Tag.Group == group && (found.Tag.Element & 0xFF) == element
                    && found.Tag.Element > 0xFF && found.Tag.PrivateCreator?.Creator == creator)
                {
                    return Decode(found, expected);
                }
            }
        }

        return [];
    }

    private IEnumerable<DicomDataset> Layers()
    {
        if (perFrame is not null)
        {
            yield return perFrame;
        }

        if (shared is not null)
        {
            yield return shared;
        }

        yield return top;
    }

    private DicomDataset? Holder(DicomTag tag, DicomTag? macro)
    {
        if (macro is not null)
        {
            if (First(perFrame, macro) is { } own && own.Contains(tag))
            {
                return own;
            }

            if (First(shared, macro) is { } common && common.Contains(tag))
            {
                return common;
            }
        }

        return top.Contains(tag) ? top : null;
    }

    private static DicomDataset? First(DicomDataset? dataset, DicomTag sequence) =>
        dataset is not null && dataset.TryGetSequence(sequence, out DicomSequence found) && found.Items.Count > 0 ? found.Items[0] : null;

    private static string[] TextsOf(DicomDataset holder, DicomTag tag)
    {
        DicomElement? element = holder.GetDicomItem<DicomElement>(tag);
        if (element is null || element.Buffer.Size == 0)
        {
            return [];
        }

        if (element.ValueRepresentation.IsString)
        {
            return holder.TryGetString(tag, out string text) ? Split(text) : [];
        }

        if (element.ValueRepresentation == DicomVR.UN || element.ValueRepresentation == DicomVR.OB)
        {
            return Split(Encoding.ASCII.GetString(element.Buffer.Data));
        }

        return holder.TryGetValues(tag, out double[] numbers)
            ? [.. numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))]
            : [];
    }

    private static double[] Decode(DicomElement element, DicomVR expected)
    {
        byte[] bytes = element.Buffer.Data;
        DicomVR vr = element.ValueRepresentation == DicomVR.UN || element.ValueRepresentation == DicomVR.OB ? expected : element.ValueRepresentation;
        if (vr.IsString)
        {
            return Parse(Split(Encoding.ASCII.GetString(bytes))) ?? [];
        }

        int size = vr.UnitSize;
        var numbers = new double[bytes.Length / size];
        for (int i = 0; i < numbers.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.AsSpan(i * size, size);
            numbers[i] = vr.Code switch
            {
                "FD" => BitConverter.ToDouble(at),
                "FL" => BitConverter.ToSingle(at),
                "US" => BitConverter.ToUInt16(at),
                "SS" => BitConverter.ToInt16(at),
                "UL" => BitConverter.ToUInt32(at),
                "SL" => BitConverter.ToInt32(at),
                _ => double.NaN,
            };
        }

        return Array.TrueForAll(numbers, double.IsFinite) ? numbers : [];
    }

    private static string[] Split(string text) => [.. text.Split('\\').Select(value => value.Trim(' ', '\0'))];

    private static double[]? Parse(string[] texts)
    {
        var numbers = new double[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }

    private Finding Invalid(DicomTag tag, int count, string[] texts)
    {
        string found = string.Join('\\', texts);
        return new Finding
        {
            Code = ErrorCode.AttributeInvalid,
            Severity = FindingSeverity.Warning,
            Message = $"{tag.DictionaryEntry.Name} {tag} is not {(count == 1 ? "a finite number" : FormattableString.Invariant($"{count} finite numbers"))}; the value is ignored.",
            Sources = [source],
            SopInstanceUids = top.TryGetString(DicomTag.SOPInstanceUID, out string uid) ? [uid] : [],
            Expected = "decimal numbers with a point, separated by backslashes (PS3.5 6.2, DS)",
            Found = found.Length <= 64 ? found : found[..64],
            LikelyCause = "The header was damaged or written by faulty software.",
            Hint = "Export the series again from its archive.",
        };
    }
}
