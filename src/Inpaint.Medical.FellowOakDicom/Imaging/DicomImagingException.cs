namespace FellowOakDicom.Imaging;

/// <summary>Pixel data whose shape or encapsulation is not what the data set says.</summary>
public class DicomImagingException : DicomException
{
    public DicomImagingException(string message) : base(message)
    {
    }

    public DicomImagingException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
