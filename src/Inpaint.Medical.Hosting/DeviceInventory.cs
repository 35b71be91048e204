using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Dicom;
using TorchSharp;

namespace Inpaint.Medical.Hosting;

/// <summary>What libtorch and the codecs of this machine can use; loads them.</summary>
public static class DeviceInventory
{
    /// <summary>libtorch's own version, its devices and threads, and the codecs of the system.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.DeviceUnavailable"/>: libtorch cannot be loaded.</exception>
    public static IReadOnlyList<Component> Components()
    {
        try
        {
            return
            [
                new Component("libtorch", torch.__version__),
                new Component("device cpu", string.Create(CultureInfo.InvariantCulture, $"{torch.get_num_threads()} threads")),
                .. Enumerable.Range(0, torch.cuda.is_available() ? torch.cuda.device_count() : 0)
                    .Select(index => new Component(string.Create(CultureInfo.InvariantCulture, $"device cuda:{index}"), "available")),
                .. LibraryInfo.NativeCodecs.Select(codec => new Component($"codec {codec.Codec}", codec.IsAvailable ? "available" : "not installed")),
            ];
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or NotSupportedException or System.Runtime.InteropServices.ExternalException)
        {
            throw new InpaintException(ErrorCode.DeviceUnavailable, $"libtorch cannot be loaded: {error.GetBaseException().Message}", error);
        }
    }
}
