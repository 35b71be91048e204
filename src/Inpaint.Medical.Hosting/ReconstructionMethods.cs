using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Torch;

namespace Inpaint.Medical.Hosting;

/// <summary>All methods of an installation: the classical ones, and the transformer where there is a model.</summary>
public static class ReconstructionMethods
{
    /// <summary>The classical ones from the plainest to the smoothest, then the transformer.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.ModelRefused"/>: no such model, or a manifest that cannot be read.</exception>
    public static IReadOnlyList<IVolumeReconstructor> Of(InpaintOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ModelFolder? model = Model(options);
        return model is null ? ClassicalMethods.All : [.. ClassicalMethods.All, new DeferredTransformer(model, options.Device)];
    }

    /// <summary>The model named, or the first one by name; null where there is none.</summary>
    private static ModelFolder? Model(InpaintOptions options)
    {
        try
        {
            IReadOnlyList<ModelFolder> models = ModelFolder.List(options.ModelFolder);
            return options.Model is null
                ? models.Count == 0 ? null : models[0]
                : models.FirstOrDefault(model => model.Manifest.Name == options.Model) ?? throw new InpaintException(
                    ErrorCode.ModelRefused,
                    $"There is no model '{options.Model}'; there are: {(models.Count == 0 ? "none" : string.Join(", ", models.Select(model => model.Manifest.Name)))}.");
        }
        catch (ModelFileException refusal)
        {
            throw new InpaintException(ErrorCode.ModelRefused, refusal.Message, refusal);
        }
    }
}
