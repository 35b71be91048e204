using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Validation;

/// <summary>An input that is read when it is needed.</summary>
/// <param name="sha256">Digest of the bytes behind the volume.</param>
/// <param name="load">Reads the volume.</param>
public sealed class ValidationInput(string name, string split, Func<string> sha256, Func<BuiltVolume> load) : IValidationInput
{
    public string Name { get; } = name;

    public string Split { get; } = split;

    public string Sha256 => sha256();

    public BuiltVolume Load()
    {
        // What was stored is never written again, and would lie beside the voxels as long as they do.
        BuiltVolume built = load();
        return built with { Slots = [.. built.Slots.Select(slot => slot with { Stored = default })] };
    }
}
