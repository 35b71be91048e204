using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Inpaint.Medical.Torch.Training;

/// <summary>Makes a model folder out of the best weights of a training run: weights, digest, calibration of the standard error.</summary>
public static class ModelExport
{
    /// <param name="weights">best.safetensors of a run.</param>
    /// <param name="size">Named size of the network.</param>
    /// <param name="folder">Folder to write, models/&lt;name&gt;.</param>
    /// <param name="version">Version of the model.</param>
    /// <param name="training">One sentence: data, steps, hours, hardware.</param>
    /// <param name="train">Volumes that the standard error is calibrated on.</param>
    /// <exception cref="ModelFileException">The weights do not fit the size.</exception>
    public static ModelFolder Write(string weights, string size, string folder, string version, string training, IReadOnlyCollection<TrainingVolume> train)
    {
        ArgumentNullException.ThrowIfNull(train);
        var settings = TransformerSettings.Named(size);
        using var network = new MaskedVolumeTransformer(settings);
        Weights.LoadInto(network, weights, partial: false);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, ModelFolder.WeightsFile);
        Safetensors.Write(path, network.named_parameters().Select(p => (p.name, (TorchSharp.torch.Tensor)p.parameter)), new Dictionary<string, string> { ["size"] = size, ["version"] = version });
        var manifest = new ModelManifest
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),
            Version = version,
            WeightsSha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))),
            Settings = settings,
            Modalities = ["CT", "MR"],
            SmallestSpacingMm = train.Min(v => Math.Min(v.SpacingMm.Slice, Math.Min(v.SpacingMm.Row, v.SpacingMm.Column))),
            LargestSpacingMm = 4 * train.Max(v => v.SpacingMm.Slice),   // slices are thinned out up to four times in training
            LongestGap = 6,
            SigmaScale = ImmutableSortedDictionary<string, double>.Empty,
            Training = training,
        };
        ModelFolder model = new ModelFolder(folder, manifest).Write(manifest);
        IEnumerable<SigmaFactor> factors = SigmaCalibration.Measure(model, train, new InferenceOptions(), CancellationToken.None);
        return model.Write(manifest with { SigmaScale = SigmaCalibration.Combine(factors) });
    }
}
