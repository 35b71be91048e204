using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Validation;

/// <summary>One complete volume to be judged on: a DICOM series, or one volume of a NIfTI file.</summary>
public interface IValidationInput
{
    /// <summary>Unique among the inputs and the same on every machine: a file name, a Series Instance UID.</summary>
    string Name { get; }

    /// <summary>As given by a list file; empty otherwise.</summary>
    string Split { get; }

    /// <summary>Of the bytes behind the volume, lower-case hex.</summary>
    /// <exception cref="InpaintException">Any code of reading.</exception>
    string Sha256 { get; }

    /// <summary>Reads the volume. Slices that are missing in it are never asked for.</summary>
    /// <exception cref="InpaintException">Any code of reading.</exception>
    BuiltVolume Load();
}
