using static TorchSharp.torch;

namespace Inpaint.Medical.Torch;

/// <summary>Copies named tensors from files into networks: all are checked before the first is written.</summary>
internal static class Weights
{
    /// <summary>Loads weights by name; <paramref name="partial"/> allows the file to lack some. Says what was taken.</summary>
    public static string LoadInto(MaskedVolumeTransformer network, string path, bool partial)
    {
        (Dictionary<string, Tensor> tensors, _) = Safetensors.Read(path);
        try
        {
            return CopyAll(path, tensors, network.named_parameters().Select(p => (p.name, (Tensor)p.parameter)), partial);
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }

    /// <summary>Checks names and shapes of all, then copies; types are converted.</summary>
    public static string CopyAll(string path, Dictionary<string, Tensor> from, IEnumerable<(string Name, Tensor Value)> to, bool partial)
    {
        (string Name, Tensor Value)[] targets = [.. to];
        HashSet<string> names = [.. targets.Select(t => t.Name)];
        string? unknown = from.Keys.FirstOrDefault(name => !names.Contains(name));
        if (unknown is not null) throw new ModelFileException($"{path}: tensor '{unknown}' is not one of this network's.");
        foreach ((string name, Tensor value) in targets)
        {
            if (!from.TryGetValue(name, out Tensor? source))
            {
                if (!partial) throw new ModelFileException($"{path}: tensor '{name}' is missing.");
            }
            else if (!source.shape.AsSpan().SequenceEqual(value.shape))
            {
                throw new ModelFileException($"{path}: tensor '{name}' has shape [{string.Join(", ", source.shape)}]; expected [{string.Join(", ", value.shape)}].");
            }
            else if (source.isfinite().all().item<bool>() is false)
            {
                throw new ModelFileException($"{path}: tensor '{name}' holds values that are not finite.");
            }
        }

        using var _ = no_grad();
        foreach ((string name, Tensor value) in targets)
        {
            if (from.TryGetValue(name, out Tensor? source)) value.copy_(source);
        }

        return $"{path}: {from.Count} of {targets.Length} tensors taken";
    }
}
