using System.Globalization;
using System.Text.Json;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Serialization;

/// <summary>Writes and reads datasets in the DICOM JSON model (PS3.18 §F.2).</summary>
internal sealed class JsonModel(bool writeTagsAsKeywords, bool autoValidate, NumberSerializationMode numbers)
{
    /// <summary>JSON levels that 64 levels of sequences take: an object, an attribute and an array each.</summary>
    public const int MaxDepth = 256;

    private static readonly string[] NameGroups = ["Alphabetic", "Ideographic", "Phonetic"];

    public void WriteDataset(Utf8JsonWriter writer, DicomDataset dataset)
    {
        writer.WriteStartObject();
        foreach (DicomItem item in dataset)
        {
            // Group lengths say nothing about a dataset that is not encoded (PS3.18 §F.2.2).
            if (item.Tag.Element == 0)
            {
                continue;
            }

            writer.WriteStartObject(NameOf(item.Tag));
            writer.WriteString("vr", item.ValueRepresentation.Code);
            WriteValues(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <exception cref="JsonException">The element is not a dataset of the model.</exception>
    public DicomDataset ReadDataset(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"Expected a dataset as an object, found {json.ValueKind}.");
        }

        var dataset = new DicomDataset { ValidateItems = autoValidate };
        foreach (JsonProperty property in json.EnumerateObject())
        {
            DicomTag tag = TagOf(property.Name);
            dataset.AddOrUpdate(ReadItem(Owned(tag, dataset), property.Value));
        }

        return dataset;
    }

    private static void WriteBulk(Utf8JsonWriter writer, DicomElement element)
    {
        if (element.Buffer is IBulkDataUriByteBuffer bulk)
        {
            writer.WriteString("BulkDataURI", bulk.BulkDataUri);
        }
        else if (element.Length > 0)
        {
            writer.WriteBase64String("InlineBinary", element.Buffer.Data);
        }
    }

    private static void WriteName(Utf8JsonWriter writer, string name)
    {
        string[] groups = name.Split('=');
        writer.WriteStartObject();
        for (int i = 0; i < Math.Min(groups.Length, NameGroups.Length); i++)
        {
            if (groups[i].Length > 0)
            {
                writer.WriteString(NameGroups[i], groups[i]);
            }
        }

        writer.WriteEndObject();
    }

    private static DicomTag TagOf(string name) =>
        name.Length == 8 && uint.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number) ? new DicomTag(number)
            : DicomDictionary.Default[name] ?? throw new JsonException($"\"{name}\" is neither a tag nor a keyword.");

    /// <summary>The tag with the creator that reserved its block, which stands earlier in the dataset.</summary>
    private static DicomTag Owned(DicomTag tag, DicomDataset dataset)
    {
        if (!tag.IsPrivate || tag.Element <= 0xFF)
        {
            return tag;
        }

        uint creator = ((uint)tag.Group << 16) | ((uint)tag.Element >> 8);
        return dataset.FindStored(creator) is DicomElement { Count: > 0 } owner ? new DicomTag(tag.Number, new DicomPrivateCreator(owner.Get<string>())) : tag;
    }

    private static string ReadName(JsonElement name) =>
        name.ValueKind == JsonValueKind.Object
            ? string.Join('=', NameGroups.Select(group => name.TryGetProperty(group, out JsonElement text) ? text.GetString() : "")).TrimEnd('=')
            : ReadText(name);

    private static string ReadText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => throw new JsonException($"Expected a text or number, found {value.ValueKind}."),
    };

    private static DicomElement ReadNumbers(DicomVR vr, DicomTag tag, JsonElement[] values)
    {
        string[] texts = [.. values.Select(ReadText)];
        return vr.Code switch
        {
            "FL" or "OF" => new DicomFloatingPointSingle(tag, [.. texts.Select(text => float.Parse(text, CultureInfo.InvariantCulture))]),
            "FD" or "OD" => new DicomFloatingPointDouble(tag, [.. texts.Select(text => double.Parse(text, CultureInfo.InvariantCulture))]),
            "SL" => new DicomSignedLong(tag, [.. texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture))]),
            "SS" => new DicomSignedShort(tag, [.. texts.Select(text => short.Parse(text, CultureInfo.InvariantCulture))]),
            "SV" => new DicomSignedVeryLong(tag, [.. texts.Select(text => long.Parse(text, CultureInfo.InvariantCulture))]),
            "UL" => new DicomUnsignedLong(tag, [.. texts.Select(text => uint.Parse(text, CultureInfo.InvariantCulture))]),
            "US" => new DicomUnsignedShort(tag, [.. texts.Select(text => ushort.Parse(text, CultureInfo.InvariantCulture))]),
            _ => new DicomUnsignedVeryLong(tag, [.. texts.Select(text => ulong.Parse(text, CultureInfo.InvariantCulture))]),
        };
    }

    private string NameOf(DicomTag tag)
    {
        string keyword = writeTagsAsKeywords && !tag.IsPrivate ? tag.DictionaryEntry.Keyword : "Unknown";
        return keyword == "Unknown" ? tag.ToString("J", null) : keyword;
    }

    private void WriteValues(Utf8JsonWriter writer, DicomItem item)
    {
        switch (item)
        {
            case DicomSequence sequence when sequence.Items.Count > 0:
                writer.WriteStartArray("Value");
                foreach (DicomDataset dataset in sequence.Items)
                {
                    WriteDataset(writer, dataset);
                }

                writer.WriteEndArray();
                break;
            case DicomFragmentSequence:
                throw new JsonException($"{item.Tag} is encapsulated; the DICOM JSON model has no place for fragments. Remove it first.");
            case DicomOtherByte or DicomOtherWord or DicomOtherLong or DicomOtherFloat or DicomOtherDouble or DicomOtherVeryLong:
                WriteBulk(writer, (DicomElement)item);
                break;
            case DicomElement { Count: > 0 } element:
                writer.WriteStartArray("Value");
                WriteElements(writer, element);
                writer.WriteEndArray();
                break;
        }
    }

    private void WriteElements(Utf8JsonWriter writer, DicomElement element)
    {
        switch (element)
        {
            case DicomStringElement text:
                foreach (string value in text.ToArray<string>())
                {
                    WriteText(writer, element.ValueRepresentation, value);
                }

                break;
            case DicomAttributeTag tags:
                foreach (DicomTag tag in tags.ToArray<DicomTag>())
                {
                    writer.WriteStringValue(tag.ToString("J", null));
                }

                break;
            case DicomFloatingPointSingle singles:
                foreach (float value in singles.ToArray<float>())
                {
                    WriteReal(writer, value);
                }

                break;
            case DicomFloatingPointDouble doubles:
                foreach (double value in doubles.ToArray<double>())
                {
                    WriteReal(writer, value);
                }

                break;
            default:
                foreach (decimal value in element.ToArray<decimal>())
                {
                    writer.WriteNumberValue(value);
                }

                break;
        }
    }

    private void WriteText(Utf8JsonWriter writer, DicomVR vr, string value)
    {
        if (value.Length == 0)
        {
            writer.WriteNullValue();
        }
        else if (vr == DicomVR.PN)
        {
            WriteName(writer, value);
        }
        else if (vr == DicomVR.DS || vr == DicomVR.IS)
        {
            WriteNumberText(writer, vr, value);
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }

    private void WriteNumberText(Utf8JsonWriter writer, DicomVR vr, string text)
    {
        string number = text.Trim(' ', '\0');
        bool isNumber = decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value);
        if (numbers != NumberSerializationMode.AsString && isNumber)
        {
            writer.WriteNumberValue(value);
        }
        else if (numbers == NumberSerializationMode.AsNumber)
        {
            throw new FormatException($"Value \"{text}\" of VR {vr.Code} is not a number.");
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    /// <summary>What JSON has no number for is written as text (PS3.18 §F.2.3 note).</summary>
    private static void WriteReal(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteReal(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private DicomItem ReadItem(DicomTag tag, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"Expected an object for {tag}, found {json.ValueKind}.");
        }

        DicomVR vr = json.TryGetProperty("vr", out JsonElement code)
            ? DicomVR.TryParse(code.GetString(), out DicomVR known) ? known : throw new JsonException($"Unknown VR \"{code.GetString()}\" of {tag}.")
            : tag.DictionaryEntry.ValueRepresentations[0];
        try
        {
            return json.TryGetProperty("BulkDataURI", out JsonElement uri) ? DicomItemFactory.FromBytes(vr, tag, new BulkDataUriByteBuffer(uri.GetString()), null)
                : json.TryGetProperty("InlineBinary", out JsonElement binary) ? ReadBinary(vr, tag, binary)
                : ReadValues(vr, tag, json.TryGetProperty("Value", out JsonElement values) ? [.. values.EnumerateArray()] : []);
        }
        catch (Exception error) when (error is FormatException or OverflowException or InvalidOperationException)
        {
            throw new JsonException($"The value of {tag} does not fit VR {vr.Code}: {error.Message}", error);
        }
    }

    private static DicomElement ReadBinary(DicomVR vr, DicomTag tag, JsonElement binary)
    {
        string base64 = binary.ValueKind == JsonValueKind.Array ? binary[0].GetString() : binary.GetString();
        return DicomItemFactory.FromBytes(vr, tag, new MemoryByteBuffer(Convert.FromBase64String(base64)), null);
    }

    private DicomItem ReadValues(DicomVR vr, DicomTag tag, JsonElement[] values) => vr.Code switch
    {
        "SQ" => DicomSequence.Of(tag, [.. values.Select(value => value.ValueKind == JsonValueKind.Null ? new DicomDataset() : ReadDataset(value))]),
        "PN" => new DicomPersonName(tag, [.. values.Select(ReadName)]),
        "AT" => new DicomAttributeTag(tag, [.. values.Select(value => DicomTag.Parse(value.GetString()))]),
        _ when vr.IsString => DicomItemFactory.FromValues(vr, tag, values.Select(ReadText).ToArray()),
        _ when vr.ValueType.IsArray => values.Length == 0 ? DicomItemFactory.FromBytes(vr, tag, EmptyBuffer.Value, null)
            : throw new JsonException($"VR {vr.Code} of {tag} has InlineBinary or BulkDataURI, not Value."),
        _ => ReadNumbers(vr, tag, values),
    };
}
