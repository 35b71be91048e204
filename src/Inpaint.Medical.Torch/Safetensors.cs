using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch;

/// <summary>Reads and writes tensors in the safetensors format: 8 bytes header length, JSON header, raw little-endian values.</summary>
/// <remarks>Source: huggingface/safetensors, README, Format. A file is read and checked whole before any tensor is handed out.</remarks>
public static class Safetensors
{
    private const int LongestHeader = 1 << 20;
    private const long LongestFile = int.MaxValue;

    /// <summary>Writes to a temporary name first, so that <paramref name="path"/> is either the old file or the whole new one.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be written for another reason.</exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        using var scope = NewDisposeScope();
        var header = new JsonObject();
        var about = new JsonObject();
        foreach ((string key, string value) in metadata) about[key] = value;
        header["__metadata__"] = about;
        var values = new List<Tensor>();
        long offset = 0;
        foreach ((string name, Tensor tensor) in tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            Tensor value = tensor.detach().cpu().contiguous();
            long length = value.numel() * value.element_size();
            header[name] = new JsonObject
            {
                ["dtype"] = NameOf(value.dtype),
                ["shape"] = new JsonArray([.. value.shape.Select(n => (JsonNode)n)]),
                ["data_offsets"] = new JsonArray(offset, offset + length),
            };
            values.Add(value);
            offset += length;
        }

        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        int padded = (text.Length + 7) / 8 * 8;
        string temporary = path + ".part";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, padded);
                file.Write(length);
                file.Write(text);
                for (int i = text.Length; i < padded; i++) file.WriteByte((byte)' ');
                foreach (Tensor value in values) file.Write(value.bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            // Half a file only takes room, most of all on a full disk.
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>All tensors of a file, which the caller owns, and its metadata.</summary>
    /// <exception cref="ModelFileException">The file is truncated, ill-shaped or of unknown type; the message names the place.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(string path)
    {
        long size = File.Exists(path) ? new FileInfo(path).Length : throw new ModelFileException($"{path}: no such file.");
        if (size > LongestFile) throw new ModelFileException($"{path}: {size} bytes; at most {LongestFile} are read.");
        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>As <see cref="Read"/>, from memory; <paramref name="name"/> is for messages.</summary>
    /// <exception cref="ModelFileException">See <see cref="Read"/>.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < 8) throw new ModelFileException($"{name}: {file.Length} bytes; a safetensors file has at least 8.");
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (headerLength < 2 || headerLength > LongestHeader || headerLength > file.Length - 8)
            throw new ModelFileException($"{name}: header of {headerLength} bytes in a file of {file.Length}; expected 2 to {LongestHeader} within the file.");

        ReadOnlySpan<byte> data = file[(8 + (int)headerLength)..];
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<(string Name, ScalarType Type, long[] Shape, int Start, int Length)>();
        try
        {
            using JsonDocument header = JsonDocument.Parse(file.Slice(8, (int)headerLength).ToArray());
            foreach (JsonProperty property in header.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    foreach (JsonProperty pair in property.Value.EnumerateObject()) metadata[pair.Name] = pair.Value.GetString() ?? "";
                }
                else
                {
                    entries.Add(Entry(property, data.Length, name));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ModelFileException($"{name}: the header is not a safetensors header ({e.Message}).", e);
        }

        CheckCover(entries, data.Length, name);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string key, ScalarType type, long[] shape, int start, int length) in entries)
        {
            Tensor value = torch.empty(shape, dtype: type).DetachFromDisposeScope();
            data.Slice(start, length).CopyTo(value.bytes);
            tensors.Add(key, value);
        }

        return (tensors, metadata);
    }

    private static (string Name, ScalarType Type, long[] Shape, int Start, int Length) Entry(JsonProperty property, int available, string file)
    {
        string type = property.Value.GetProperty("dtype").GetString() ?? "";
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(n => n.GetInt64())];
        (ScalarType scalar, int size) = type switch
        {
            "F32" => (ScalarType.Float32, 4),
            "F64" => (ScalarType.Float64, 8),
            "F16" => (ScalarType.Float16, 2),
            "BF16" => (ScalarType.BFloat16, 2),
            "I64" => (ScalarType.Int64, 8),
            _ => throw new ModelFileException($"{file}: tensor '{property.Name}' has type '{type}'; expected F32, F64, F16, BF16 or I64."),
        };
        decimal bytes = shape.Aggregate((decimal)size, (product, n) => n is >= 0 and <= int.MaxValue && product <= int.MaxValue ? product * n
            : throw new ModelFileException($"{file}: tensor '{property.Name}' has shape [{string.Join(", ", shape)}]."));
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] > available || offsets[1] - offsets[0] != bytes)
            throw new ModelFileException($"{file}: tensor '{property.Name}' at bytes [{string.Join(", ", offsets)}] of {available}; its shape needs {bytes} bytes.");
        return (property.Name, scalar, shape, (int)offsets[0], (int)bytes);
    }

    /// <summary>Tensors must cover the data without overlap or rest, and no name may come twice.</summary>
    private static void CheckCover(List<(string Name, ScalarType Type, long[] Shape, int Start, int Length)> entries, int available, string file)
    {
        int end = 0;
        foreach (var entry in entries.OrderBy(e => e.Start).ThenBy(e => e.Length))
        {
            if (entry.Start != end) throw new ModelFileException($"{file}: tensor '{entry.Name}' starts at byte {entry.Start}; expected {end}.");
            end += entry.Length;
        }

        if (end != available) throw new ModelFileException($"{file}: {available} bytes of values; the header describes {end}.");
        string? twice = entries.GroupBy(e => e.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1)?.Key;
        if (twice is not null) throw new ModelFileException($"{file}: tensor '{twice}' comes twice.");
    }

    private static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => "F32",
        ScalarType.Float64 => "F64",
        ScalarType.Float16 => "F16",
        ScalarType.BFloat16 => "BF16",
        ScalarType.Int64 => "I64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This type is not written."),
    };
}
