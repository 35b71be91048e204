using System.Collections.Concurrent;
using System.Security.Cryptography;
using TorchSharp;

namespace Inpaint.Medical.Torch;

/// <summary>A folder models/&lt;name&gt; with model.json, weights.safetensors and CARD.md.</summary>
/// <param name="Path">Of the folder.</param>
/// <param name="Manifest">Content of model.json.</param>
public sealed record ModelFolder(string Path, ModelManifest Manifest)
{
    public const string ManifestFile = "model.json";
    public const string WeightsFile = "weights.safetensors";
    public const string CardFile = "CARD.md";

    private static readonly ConcurrentDictionary<(string Path, string Sha256, DeviceType Device), Lazy<MaskedVolumeTransformer>> Loaded = new();

    /// <summary>All models below a folder, by name; folders without model.json are passed over.</summary>
    /// <exception cref="ModelFileException">A manifest cannot be read.</exception>
    public static IReadOnlyList<ModelFolder> List(string root) => !Directory.Exists(root) ? []
        : [.. Directory.GetDirectories(root).Where(folder => File.Exists(System.IO.Path.Combine(folder, ManifestFile))).Order(StringComparer.Ordinal).Select(Open)];

    /// <exception cref="ModelFileException">There is no such model, or its manifest cannot be read.</exception>
    public static ModelFolder Open(string folder)
    {
        string path = System.IO.Path.Combine(folder, ManifestFile);
        try
        {
            return new ModelFolder(folder, ModelManifest.Parse(File.ReadAllText(path), path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The same model with another manifest, which is written.</summary>
    public ModelFolder Write(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        File.WriteAllText(System.IO.Path.Combine(Path, ManifestFile), manifest.ToJson() + "\n");
        return this with { Manifest = manifest };
    }

    /// <summary>Checks the weights against the pinned digest, then names and shapes of all tensors against the settings.</summary>
    /// <exception cref="ModelFileException">Anything does not agree.</exception>
    public void Verify()
    {
        using MaskedVolumeTransformer network = Build();
    }

    /// <summary>The network, loaded once per process and device; do not dispose it.</summary>
    /// <exception cref="ModelFileException">As <see cref="Verify"/>.</exception>
    public MaskedVolumeTransformer Network(DeviceType device) =>
        Loaded.GetOrAdd((System.IO.Path.GetFullPath(Path), Manifest.WeightsSha256, device), key => new Lazy<MaskedVolumeTransformer>(() => Build().to(key.Device))).Value;

    /// <summary>A network of its own, on the CPU; the caller disposes it.</summary>
    internal MaskedVolumeTransformer Build()
    {
        string path = System.IO.Path.Combine(Path, WeightsFile);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path}: cannot be read: {e.Message}", e);
        }

        string found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (found != Manifest.WeightsSha256) throw new ModelFileException($"{path}: SHA-256 is {found}; {ManifestFile} pins {Manifest.WeightsSha256}. Get the file again.");
        (Dictionary<string, torch.Tensor> tensors, _) = Safetensors.Parse(bytes, path);
        MaskedVolumeTransformer network = new(Manifest.Settings);
        try
        {
            Weights.CopyAll(path, tensors, network.named_parameters().Select(p => (p.name, (torch.Tensor)p.parameter)), partial: false);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
        finally
        {
            foreach (torch.Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }
}
