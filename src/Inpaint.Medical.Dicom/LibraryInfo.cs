using System.Reflection;
using FellowOakDicom;
using Inpaint.Medical.Dicom.Codecs;

namespace Inpaint.Medical.Dicom;

/// <summary>Which DICOM library is compiled in, and which codecs of the system are there.</summary>
public static class LibraryInfo
{
    private static readonly Assembly Library = typeof(DicomFile).Assembly;

    /// <summary>Whether the library is our implementation of fo-dicom's members rather than the package.</summary>
    public static bool IsOwnImplementation => Library.GetCustomAttribute<AssemblyCompanyAttribute>()?.Company == DicomNames.Manufacturer;

    /// <summary>"fo-dicom", or "fo-dicom (own implementation)".</summary>
    public static string Name => IsOwnImplementation ? "fo-dicom (own implementation)" : "fo-dicom";

    /// <summary>Version without build metadata.</summary>
    public static string Version => (Library.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? Library.GetName().Version!.ToString()).Split('+')[0];

    /// <summary>Codec and whether it can be used; loads the system's libraries.</summary>
    public static IReadOnlyList<(string Codec, bool IsAvailable)> NativeCodecs =>
    [
        ("JPEG 2000 (libopenjp2)", Jpeg2000Decoder.IsAvailable),
        ("JPEG-LS (libcharls)", JpegLsDecoder.IsAvailable),
    ];
}
