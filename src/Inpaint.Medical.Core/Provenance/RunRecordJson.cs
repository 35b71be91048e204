using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inpaint.Medical.Core.Provenance;

/// <summary>The run record as a JSON document; docs/provenance.md describes it.</summary>
public static class RunRecordJson
{
    /// <summary>Names in camelCase, enumerations as words, absent values left out, NaN as "NaN".</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Serialize(RunRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, Options);

    /// <exception cref="JsonException">Not a run record.</exception>
    public static RunRecord Deserialize(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<RunRecord>(json, Options) ?? throw new JsonException("The document is null.");
}
