using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inpaint.Medical.Torch.Training;

/// <summary>A training crop: pixels and how many of them make a batch.</summary>
public sealed record CropShape(int Rows, int Columns, int Batch, double Share);

/// <summary>Everything that decides how a model is trained; kept in its folder.</summary>
public sealed record TrainingConfig
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Named size of the network: tiny or base.</summary>
    public string Size { get; init; } = "tiny";

    public int Seed { get; init; }

    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; init; } = 15_000;

    /// <summary>The transformer joins at this step; before it the pixel path learns alone.</summary>
    public int TokensFromStep { get; init; } = 5_000;

    /// <summary>Peak learning rate, reached after <see cref="WarmUpSteps"/>, held, and brought to nothing linearly from <see cref="DecayFromStep"/>.</summary>
    public double Rate { get; init; } = 1e-3;

    public int WarmUpSteps { get; init; } = 100;

    public int DecayFromStep { get; init; } = 9_000;

    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Decay of the running mean of the weights.</summary>
    public double MeanDecay { get; init; } = 0.999;

    /// <summary>Longest gradient.</summary>
    public double Clip { get; init; } = 1;

    public int ValidateEverySteps { get; init; } = 1_000;

    public int SaveEverySteps { get; init; } = 250;

    /// <summary>float32 or bfloat16, of convolutions and matrix products.</summary>
    public string Precision { get; init; } = "bfloat16";

    public int Threads { get; init; } = 1;

    public IReadOnlyList<CropShape> Crops { get; init; } =
        [new(96, 96, 8, .45), new(64, 64, 18, .25), new(64, 144, 8, .15), new(40, 224, 8, .15)];

    /// <summary>Reads a JSON file; unknown names are errors.</summary>
    /// <exception cref="ModelFileException">The file is missing or not such a configuration.</exception>
    public static TrainingConfig Read(string path)
    {
        try
        {
            TrainingConfig config = JsonSerializer.Deserialize<TrainingConfig>(File.ReadAllText(path), Options) ?? throw new JsonException("empty");
            config.Check(path);
            return config;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path}: not a training configuration: {e.Message}", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    internal double RateAt(int step)
    {
        double warm = Math.Min(1, (step + 1.0) / Math.Max(1, WarmUpSteps));
        double left = step < DecayFromStep ? 1 : Math.Max(0, (double)(Steps - step) / Math.Max(1, Steps - DecayFromStep));
        return Rate * warm * ((0.99 * left) + 0.01);
    }

    private void Check(string path)
    {
        void Positive(string name, double value)
        {
            if (!(value > 0)) throw new ModelFileException(FormattableString.Invariant($"{path}: {name} is {value}; expected a positive number."));
        }

        Positive("steps", Steps);
        Positive("rate", Rate);
        Positive("clip", Clip);
        Positive("validateEverySteps", ValidateEverySteps);
        Positive("saveEverySteps", SaveEverySteps);
        Positive("threads", Threads);
        if (Precision is not ("float32" or "bfloat16")) throw new ModelFileException($"{path}: precision is '{Precision}'; expected float32 or bfloat16.");
        if (Crops.Count == 0) throw new ModelFileException($"{path}: no crops.");
        foreach (CropShape crop in Crops)
        {
            if (crop.Rows % TransformerSettings.Patch != 0 || crop.Columns % TransformerSettings.Patch != 0 || crop.Rows < 16 || crop.Columns < 16 || crop.Batch < 1 || !(crop.Share > 0))
                throw new ModelFileException(FormattableString.Invariant($"{path}: crop {crop.Rows} x {crop.Columns}, batch {crop.Batch}, share {crop.Share}; expected multiples of {TransformerSettings.Patch} from 16 on, a batch and a share above 0."));
        }
    }
}
