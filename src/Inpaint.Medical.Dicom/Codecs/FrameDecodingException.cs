using FellowOakDicom.Imaging.Codec;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>Why a frame has no samples.</summary>
public enum FrameFault
{
    /// <summary>No pixel data, or no such frame.</summary>
    Missing,

    /// <summary>The header does not say how to read it.</summary>
    HeaderIncomplete,

    /// <summary>No codec for the transfer syntax, its library is missing, or a form that is not decoded.</summary>
    Unsupported,

    /// <summary>Fewer bytes than rows, columns, samples and bits make.</summary>
    Truncated,

    /// <summary>The codestream is damaged, cut short, or not what the header says.</summary>
    Damaged,
}

/// <summary>A frame that cannot be decoded exactly.</summary>
public sealed class FrameDecodingException(FrameFault fault, string message, Exception? inner = null) : DicomCodecException(message, inner!)
{
    public FrameFault Fault { get; } = fault;
}
