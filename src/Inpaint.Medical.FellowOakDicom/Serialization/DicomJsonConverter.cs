using System.Text.Json;
using System.Text.Json.Serialization;

namespace FellowOakDicom.Serialization;

/// <summary>One dataset as an object of the DICOM JSON model.</summary>
public class DicomJsonConverter : JsonConverter<DicomDataset>
{
    private readonly JsonModel _model;

    public DicomJsonConverter(
        bool writeTagsAsKeywords = false, bool autoValidate = true, NumberSerializationMode numberSerializationMode = NumberSerializationMode.AsNumber) =>
        _model = new JsonModel(writeTagsAsKeywords, autoValidate, numberSerializationMode);

    public override DicomDataset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return _model.ReadDataset(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, DicomDataset value, JsonSerializerOptions options) => _model.WriteDataset(writer, value);
}

/// <summary>Datasets as an array of such objects.</summary>
public class DicomArrayJsonConverter : JsonConverter<DicomDataset[]>
{
    private readonly JsonModel _model;

    public DicomArrayJsonConverter(
        bool writeTagsAsKeywords = false, bool autoValidate = true, NumberSerializationMode numberSerializationMode = NumberSerializationMode.AsNumber) =>
        _model = new JsonModel(writeTagsAsKeywords, autoValidate, numberSerializationMode);

    public override DicomDataset[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? [.. document.RootElement.EnumerateArray().Select(_model.ReadDataset)]
            : throw new JsonException("Expected an array of datasets.");
    }

    public override void Write(Utf8JsonWriter writer, DicomDataset[] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (DicomDataset dataset in value)
        {
            _model.WriteDataset(writer, dataset);
        }

        writer.WriteEndArray();
    }
}
