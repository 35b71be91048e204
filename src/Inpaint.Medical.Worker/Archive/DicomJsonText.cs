using System.Text.Json;

namespace Inpaint.Medical.Worker.Archive;

/// <summary>First text value of an attribute in the DICOM JSON model (PS3.18 F.2).</summary>
internal static class DicomJsonText
{
    /// <returns>Null when absent or empty.</returns>
    public static string? Value(JsonElement dataset, string tag) =>
        dataset.ValueKind == JsonValueKind.Object && dataset.TryGetProperty(tag, out JsonElement attribute)
            && attribute.TryGetProperty("Value", out JsonElement values) && values.ValueKind == JsonValueKind.Array
            && values.GetArrayLength() > 0 && values[0].ValueKind == JsonValueKind.String
            ? values[0].GetString()
            : null;
}
