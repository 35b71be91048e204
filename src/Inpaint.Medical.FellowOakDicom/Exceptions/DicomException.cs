namespace FellowOakDicom;

public class DicomExceptionEventArgs : EventArgs
{
    public DicomExceptionEventArgs(DicomException exception) => Exception = exception;

    public DicomException Exception { get; }
}

/// <summary>Base of every error of this library.</summary>
public abstract class DicomException : Exception
{
    protected DicomException(string message) : base(message) => Announce();

    protected DicomException(string message, Exception innerException) : base(message, innerException) => Announce();

    public static event EventHandler<DicomExceptionEventArgs> OnException;

    private void Announce() => OnException?.Invoke(this, new DicomExceptionEventArgs(this));
}

/// <summary>A value, tag or item that is absent, malformed or not what was asked for.</summary>
public class DicomDataException : DicomException
{
    public DicomDataException(string message) : base(message)
    {
    }

    public DicomDataException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>A value that breaks the rules of its value representation.</summary>
public class DicomValidationException : DicomDataException
{
    public DicomValidationException(string content, DicomVR vr, string message) : base(message)
    {
        Content = content;
        VR = vr;
    }

    public string Content { get; }

    public DicomVR VR { get; }

    public override string Message => $"Content \"{Content}\" does not validate VR {VR?.Code}: {base.Message}";
}

/// <summary>A file that cannot be read or written; <see cref="Exception.InnerException"/> says why.</summary>
public class DicomFileException : DicomDataException
{
    public DicomFileException(DicomFile file, string message) : base(message) => File = file;

    public DicomFileException(DicomFile file, string message, Exception innerException) : base(message, innerException) => File = file;

    /// <summary>What was read until the error occurred; may be null.</summary>
    public DicomFile File { get; }
}
