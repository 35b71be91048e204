using System.Runtime.ExceptionServices;

namespace Inpaint.Medical.Core.Volumes;

/// <summary>Work on many slices at a time.</summary>
internal static class ParallelSlices
{
    /// <summary>Runs the body for 0 … count − 1. What the body throws comes out as it was thrown, not wrapped.</summary>
    public static void For(int count, Action<int> body, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, body);
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }
    }
}
