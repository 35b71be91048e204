using System.Collections.Immutable;
using System.Text.Json;

namespace Inpaint.Medical.Torch;

/// <summary>What model.json says about a model: how its weights are shaped and pinned, what it was trained on, where it may be used.</summary>
public sealed record ModelManifest
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Name of the folder and of the model.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>SHA-256 of weights.safetensors, lower-case hex.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Shape of the network.</summary>
    public required TransformerSettings Settings { get; init; }

    /// <summary>Modalities it was trained on; others are refused.</summary>
    public required ImmutableArray<string> Modalities { get; init; }

    /// <summary>Distances between slices seen in training, mm.</summary>
    public required double SmallestSpacingMm { get; init; }

    /// <inheritdoc cref="SmallestSpacingMm"/>
    public required double LargestSpacingMm { get; init; }

    /// <summary>Longest run of masked slices that it predicts.</summary>
    public required int LongestGap { get; init; }

    /// <summary>Factor of the predicted standard error by gap (1, 2, 3, x2, end) that makes 90 % intervals hold.</summary>
    public required ImmutableSortedDictionary<string, double> SigmaScale { get; init; }

    /// <summary>How the weights came about; for people.</summary>
    public required string Training { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <exception cref="ModelFileException">The text is not a manifest, or a value cannot be.</exception>
    public static ModelManifest Parse(string json, string path)
    {
        ModelManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<ModelManifest>(json, Options) ?? throw new JsonException("empty");
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"{path}: not a model manifest: {e.Message}", e);
        }

        TransformerSettings s = manifest.Settings;
        bool isSane = new[] { s.FineChannels, s.MiddleChannels, s.CoarseChannels, s.HeadChannels, s.TokenWidth }.All(n => n is > 0 and <= 4096)
            && s.Heads is > 0 and <= 64 && s.TokenWidth % s.Heads == 0 && s.Depth is > 0 and <= 64 && s.Blocks is > 0 and <= 64 && s.Window is > 0 and <= 64;
        if (!isSane) throw new ModelFileException($"{path}: the settings describe no network: {s}.");
        if (manifest.WeightsSha256.Length != 64) throw new ModelFileException($"{path}: weightsSha256 is '{manifest.WeightsSha256}'; expected 64 hexadecimal digits.");
        if (manifest.SigmaScale.Values.Any(scale => !(scale > 0 && double.IsFinite(scale)))) throw new ModelFileException($"{path}: a sigmaScale is not positive.");
        return manifest;
    }
}
