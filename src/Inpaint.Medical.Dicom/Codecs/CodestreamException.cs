namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>A codestream that cannot be decoded exactly: damaged, cut short, of another process, or not what the header says.</summary>
internal class CodestreamException(string message) : Exception(message);

/// <summary>The codec of a codestream is not on this machine; says what to install.</summary>
internal sealed class MissingCodecException(string message) : CodestreamException(message);
