namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>A codestream that cannot be decoded exactly: damaged, cut short, of another process, or not what the header says.</summary>
internal sealed class CodestreamException(string message) : Exception(message);
