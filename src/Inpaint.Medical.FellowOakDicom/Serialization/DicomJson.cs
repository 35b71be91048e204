using System.Text.Encodings.Web;
using System.Text.Json;

namespace FellowOakDicom.Serialization;

/// <summary>How IS, DS and the very long integers are written.</summary>
public enum NumberSerializationMode
{
    /// <summary>As JSON numbers; a text that is none is an error.</summary>
    AsNumber,

    /// <summary>As JSON strings, exactly as they are in the dataset.</summary>
    AsString,

    /// <summary>As JSON numbers where they are ones, else as strings.</summary>
    PreferablyAsNumber,
}

/// <summary>The DICOM JSON model (PS3.18 Annex F).</summary>
public static class DicomJson
{
    /// <exception cref="FormatException">A decimal or integer string is not a number and must be written as one.</exception>
    /// <exception cref="JsonException">The dataset holds encapsulated pixel data, which the model has no place for.</exception>
    public static string ConvertDicomToJson(
        DicomDataset dataset, bool writeTagsAsKeywords = false, bool formatIndented = false,
        NumberSerializationMode numberSerializationMode = NumberSerializationMode.AsNumber) =>
        JsonSerializer.Serialize(dataset, Options(new DicomJsonConverter(writeTagsAsKeywords, numberSerializationMode: numberSerializationMode), formatIndented));

    public static string ConvertDicomToJson(IEnumerable<DicomDataset> datasets, bool writeTagsAsKeywords = false, bool formatIndented = false) =>
        JsonSerializer.Serialize(datasets.ToArray(), Options(new DicomArrayJsonConverter(writeTagsAsKeywords), formatIndented));

    /// <exception cref="JsonException">The text is not JSON or not the DICOM JSON model.</exception>
    public static DicomDataset ConvertJsonToDicom(string json, bool autoValidate = true) =>
        JsonSerializer.Deserialize<DicomDataset>(json, Options(new DicomJsonConverter(autoValidate: autoValidate), false));

    public static DicomDataset[] ConvertJsonToDicomArray(string json) =>
        JsonSerializer.Deserialize<DicomDataset[]>(json, Options(new DicomArrayJsonConverter(), false));

    private static JsonSerializerOptions Options(System.Text.Json.Serialization.JsonConverter converter, bool indented) => new()
    {
        Converters = { converter },
        WriteIndented = indented,
        MaxDepth = JsonModel.MaxDepth,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };
}
