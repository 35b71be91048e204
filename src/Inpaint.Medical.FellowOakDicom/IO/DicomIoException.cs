namespace FellowOakDicom.IO;

/// <summary>A value whose file or stream can no longer deliver it.</summary>
public class DicomIoException : DicomException
{
    public DicomIoException(string message) : base(message)
    {
    }

    public DicomIoException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
