using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Report;

/// <summary>Pictures by rebuilding the slices worth a look once more.</summary>
/// <param name="inputs">The inputs of the run; there are no pictures of those that are not there.</param>
/// <param name="methods">The methods of the run.</param>
public sealed class RebuiltPictures(
    ValidationResult result, IReadOnlyList<IValidationInput> inputs, IReadOnlyList<IVolumeReconstructor> methods, CancellationToken cancellationToken) : IPictureSource
{
    // The methods of one volume are asked for one after the other; when the pictures are taken, the volume may go.
    private readonly WeakReference<BuiltVolume?> _loaded = new(null);
    private string _loadedName = "";

    public VolumePictures Of(VolumeSummary volume, string method)
    {
        ArgumentNullException.ThrowIfNull(volume);
        cancellationToken.ThrowIfCancellationRequested();
        IVolumeReconstructor? reconstructor = methods.FirstOrDefault(one => one.Identity.Name == method);
        return reconstructor is null || Load(volume.Name) is not { } truth
            ? VolumePictures.None(volume.Name, method)
            : new ReportPictures(volume, truth, result, reconstructor, cancellationToken).Take();
    }

    private BuiltVolume? Load(string name)
    {
        if (_loadedName == name && _loaded.TryGetTarget(out BuiltVolume? truth))
        {
            return truth;
        }

        VolumeMemory.Reclaim();
        try
        {
            truth = inputs.FirstOrDefault(input => input.Name == name)?.Load();
            _loaded.SetTarget(truth);
            _loadedName = name;
            return truth;
        }
        catch (InpaintException)
        {
            // The input was there for the scores and is gone now: the page shows what there is.
            return null;
        }
    }
}
