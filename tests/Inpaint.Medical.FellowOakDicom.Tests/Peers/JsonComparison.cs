using System.Globalization;
using System.Text.Json;

namespace Inpaint.Medical.FellowOakDicom.Tests.Peers;

/// <summary>Compares two datasets in the DICOM JSON model value by value.</summary>
internal static class JsonComparison
{
    private const string CharacterSet = "00080005";

    /// <summary>Where they differ, as text; what the two programs rightly write differently is passed over, each case with its reason.</summary>
    public static List<string> Differences(string theirs, string ours)
    {
        var options = new JsonDocumentOptions { MaxDepth = 256 };
        using JsonDocument their = JsonDocument.Parse(theirs, options), our = JsonDocument.Parse(ours, options);
        var found = new List<string>();
        CompareDatasets(their.RootElement, our.RootElement, "", found);
        return found;
    }

    private static void CompareDatasets(JsonElement their, JsonElement our, string path, List<string> found)
    {
        foreach (JsonProperty attribute in their.EnumerateObject())
        {
            // DCMTK says ISO_IR 192 because its output is UTF-8; we keep what the dataset says. pydicom writes group lengths.
            if (attribute.Name == CharacterSet || attribute.Name.EndsWith("0000", StringComparison.Ordinal))
            {
                continue;
            }

            string place = $"{path}/{attribute.Name}";
            if (!our.TryGetProperty(attribute.Name, out JsonElement mine))
            {
                found.Add($"{place} is missing");
                continue;
            }

            CompareAttributes(attribute.Value, mine, place, found);
        }

        foreach (JsonProperty attribute in our.EnumerateObject())
        {
            if (attribute.Name != CharacterSet && !their.TryGetProperty(attribute.Name, out _))
            {
                found.Add($"{path}/{attribute.Name} is not in theirs");
            }
        }
    }

    private static void CompareAttributes(JsonElement their, JsonElement our, string place, List<string> found)
    {
        string vr = their.GetProperty("vr").GetString()!, mine = our.GetProperty("vr").GetString()!;
        if (vr != mine)
        {
            found.Add($"{place} has VR {mine}, theirs {vr}");
            return;
        }

        string theirBytes = Text(their, "InlineBinary"), ourBytes = Even(Text(our, "InlineBinary"));
        if (theirBytes != ourBytes)
        {
            found.Add($"{place} has other bytes: {Shorten(ourBytes)}, theirs {Shorten(theirBytes)}");
        }

        JsonElement[] theirValues = Values(their), ourValues = Values(our);
        if (theirValues.Length != ourValues.Length)
        {
            found.Add($"{place} has {ourValues.Length} values, theirs {theirValues.Length}: {our} / {their}");
            return;
        }

        for (int i = 0; i < theirValues.Length; i++)
        {
            CompareValues(vr, theirValues[i], ourValues[i], $"{place}[{i}]", found);
        }
    }

    private static void CompareValues(string vr, JsonElement their, JsonElement our, string place, List<string> found)
    {
        if (vr == "SQ")
        {
            CompareDatasets(their, our, place, found);
            return;
        }

        bool same = vr == "PN" && their.ValueKind == JsonValueKind.Object && our.ValueKind == JsonValueKind.Object
            ? Names(their).SequenceEqual(Names(our))
            : IsNumber(their, out double a) && IsNumber(our, out double b) ? Same(vr, a, b) : Normal(their) == Normal(our);
        // Where an item of a sequence has a character set of its own, DCMTK leaves its text as it is, escapes included.
        if (!same && !their.GetRawText().Contains("\\u001b", StringComparison.Ordinal))
        {
            found.Add($"{place} {vr} is {Shorten(our.GetRawText())}, theirs {Shorten(their.GetRawText())}");
        }
    }

    /// <summary>DCMTK's own conversion of FD to text errs in the last two digits.</summary>
    private static bool Same(string vr, double a, double b) =>
        a == b || (vr == "FL" && (float)a == (float)b) || (vr == "FD" && Math.Abs(a - b) <= 1e-15 * Math.Max(Math.Abs(a), Math.Abs(b)));

    /// <summary>DCMTK pads a value that has an odd length in the file; we keep it as it is.</summary>
    private static string Even(string base64)
    {
        byte[] bytes = Convert.FromBase64String(base64);
        return bytes.Length % 2 == 0 ? base64 : Convert.ToBase64String([.. bytes, 0]);
    }

    private static bool IsNumber(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind is JsonValueKind.Number or JsonValueKind.String
            && double.TryParse(value.ToString().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static string Normal(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "" : value.ToString().TrimEnd(' ', '\0');

    /// <summary>Empty components at the end of a name say nothing; DCMTK leaves them out.</summary>
    private static IEnumerable<string> Names(JsonElement name) =>
        name.EnumerateObject().Select(group => (group.Name, Text: Normal(group.Value).TrimEnd('^', ' '))).Where(group => group.Text.Length > 0)
            .Select(group => $"{group.Name}={group.Text}");

    private static JsonElement[] Values(JsonElement attribute)
    {
        JsonElement[] values = attribute.TryGetProperty("Value", out JsonElement found) ? [.. found.EnumerateArray()] : [];
        return values.Length == 1 && values[0].ValueKind == JsonValueKind.Object && attribute.GetProperty("vr").ValueEquals("PN") && !Names(values[0]).Any() ? [] : values;
    }

    private static string Text(JsonElement attribute, string name) => attribute.TryGetProperty(name, out JsonElement text) ? text.GetString() ?? "" : "";

    private static string Shorten(string text) => text.Length <= 80 ? text : $"{text[..80]}… ({text.Length})";
}
