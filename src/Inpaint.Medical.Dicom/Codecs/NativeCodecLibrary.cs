using System.Runtime.InteropServices;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>A shared library of the system that holds a codec; loaded when first used.</summary>
/// <param name="fileName">Versioned name, as the loader finds it.</param>
/// <param name="debianPackage">What to install where it is missing.</param>
internal sealed class NativeCodecLibrary(string fileName, string debianPackage)
{
    private readonly Lazy<nint> handle = new(() => NativeLibrary.TryLoad(fileName, out nint loaded) ? loaded : 0);

    public string Remedy => $"{fileName} is missing; install the Debian package {debianPackage}.";

    public bool IsAvailable => handle.Value != 0;

    /// <summary>Address of a function.</summary>
    /// <exception cref="CodestreamException">The library is missing, or too old to have it.</exception>
    public nint Export(string function)
    {
        if (!IsAvailable)
        {
            throw new MissingCodecException(Remedy);
        }

        return NativeLibrary.TryGetExport(handle.Value, function, out nint address)
            ? address
            : throw new MissingCodecException($"{fileName} has no function {function}; install the Debian package {debianPackage}.");
    }
}
