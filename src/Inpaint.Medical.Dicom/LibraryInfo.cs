using Inpaint.Medical.Dicom.Codecs;

namespace Inpaint.Medical.Dicom;

/// <summary>Which codecs of the system are there. (Which DICOM library is compiled in is known to the build, and printed by version.)</summary>
public static class LibraryInfo
{
    /// <summary>Codec and whether it can be used; loads the system's libraries.</summary>
    public static IReadOnlyList<(string Codec, bool IsAvailable)> NativeCodecs =>
    [
        ("JPEG 2000 (libopenjp2)", Jpeg2000Decoder.IsAvailable),
        ("JPEG-LS (libcharls)", JpegLsDecoder.IsAvailable),
    ];
}
