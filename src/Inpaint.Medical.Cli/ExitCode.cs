using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Cli;

/// <summary>How the program ended, for scripts; docs/errors.md gives the code of each error.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Usage = 2;
    public const int InputRejected = 3;
    public const int SomeSeriesRejected = 4;
    public const int Internal = 5;

    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;

    /// <summary>The exit code of a run that ended with this error.</summary>
    public static int Of(ErrorCode code) => code switch
    {
        ErrorCode.None => Done,
        ErrorCode.UsageInvalid or ErrorCode.MethodUnknown => Usage,
        ErrorCode.Cancelled => Cancelled,
        ErrorCode.Internal or ErrorCode.VisibleVoxelChanged or ErrorCode.PredictionNotFinite => Internal,
        _ => InputRejected,
    };
}
