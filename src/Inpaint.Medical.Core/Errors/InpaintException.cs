namespace Inpaint.Medical.Core.Errors;

/// <summary>Ends the run of one series. The message is one line for an operator and carries no patient data.</summary>
public sealed class InpaintException : Exception
{
    public InpaintException(ErrorCode code, string message)
        : base(message)
    {
        Code = code;
    }

    public InpaintException(ErrorCode code, string message, Exception cause)
        : base(message, cause)
    {
        Code = code;
    }

    public ErrorCode Code { get; }
}
