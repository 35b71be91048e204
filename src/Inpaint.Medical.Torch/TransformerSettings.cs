namespace Inpaint.Medical.Torch;

/// <summary>What fixes the shape of every weight of a <see cref="MaskedVolumeTransformer"/>; stored beside the weights.</summary>
public sealed record TransformerSettings
{
    /// <summary>Name of the size, e.g. <c>tiny</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Channels of the pixel path at half, quarter and eighth resolution.</summary>
    public required int FineChannels { get; init; }

    /// <inheritdoc cref="FineChannels"/>
    public required int MiddleChannels { get; init; }

    /// <inheritdoc cref="FineChannels"/>
    public required int CoarseChannels { get; init; }

    /// <summary>Residual blocks at each level of the pixel path.</summary>
    public required int Depth { get; init; }

    /// <summary>Hidden channels of the layer that predicts the mixing weights.</summary>
    public required int HeadChannels { get; init; }

    /// <summary>Width of a token; one token is <see cref="Patch"/> x <see cref="Patch"/> pixels of one slice.</summary>
    public required int TokenWidth { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Transformer blocks.</summary>
    public required int Blocks { get; init; }

    /// <summary>Side of an attention window, in tokens.</summary>
    public required int Window { get; init; }

    /// <summary>Side of a token in pixels. The coarse level of the pixel path has this resolution.</summary>
    public const int Patch = 8;

    /// <summary>For two CPU cores.</summary>
    public static TransformerSettings Tiny { get; } = new()
    {
        Name = "tiny", FineChannels = 64, MiddleChannels = 96, CoarseChannels = 128, Depth = 1, HeadChannels = 128,
        TokenWidth = 128, Heads = 4, Blocks = 1, Window = 6,
    };

    /// <summary>For a GPU.</summary>
    public static TransformerSettings Base { get; } = new()
    {
        Name = "base", FineChannels = 128, MiddleChannels = 192, CoarseChannels = 256, Depth = 2, HeadChannels = 256,
        TokenWidth = 256, Heads = 8, Blocks = 6, Window = 6,
    };

    /// <summary>The settings of a named size.</summary>
    /// <exception cref="ArgumentException">The name is neither <c>tiny</c> nor <c>base</c>.</exception>
    public static TransformerSettings Named(string name) => name switch
    {
        "tiny" => Tiny,
        "base" => Base,
        _ => throw new ArgumentException($"No model size '{name}'; expected 'tiny' or 'base'.", nameof(name)),
    };
}
