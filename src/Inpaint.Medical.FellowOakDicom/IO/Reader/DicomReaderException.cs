namespace FellowOakDicom.IO.Reader;

/// <summary>An encoding error; the message names the byte offset and the path of tags that leads to it.</summary>
public class DicomReaderException : DicomException
{
    public DicomReaderException(string message) : base(message)
    {
    }

    public DicomReaderException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
