namespace Inpaint.Medical.Torch;

/// <summary>A model or checkpoint file cannot be used; the message says which, where and why in one line.</summary>
public sealed class ModelFileException : Exception
{
    public ModelFileException()
    {
    }

    public ModelFileException(string message)
        : base(message)
    {
    }

    public ModelFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
