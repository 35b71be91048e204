using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Torch;

namespace Inpaint.Medical.Hosting;

/// <summary>The transformer, loaded when it is first asked something: libtorch takes its time, and most commands do without.</summary>
internal sealed class DeferredTransformer(ModelFolder model, string device) : IAdaptableReconstructor
{
    private readonly Lazy<TransformerReconstructor> _loaded = new(() => new TransformerReconstructor(model, new InferenceOptions(device)));

    /// <summary>As model.json has it; the weights are checked against it when they are loaded.</summary>
    public MethodIdentity Identity { get; } = new(
        TransformerReconstructor.MethodName, $"{model.Manifest.Name} {model.Manifest.Version}", model.Manifest.WeightsSha256);

    public bool CanPredict(ReconstructionRequest request, int slice) =>
        model.Manifest.Modalities.Contains(request.Modality) && _loaded.Value.CanPredict(request, slice);

    public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken) =>
        _loaded.Value.Reconstruct(request, cancellationToken);

    public (IVolumeReconstructor Method, Adaptation Report) Adapt(ReconstructionRequest request, int seconds, CancellationToken cancellationToken) =>
        _loaded.Value.Adapt(request, seconds, cancellationToken);
}
