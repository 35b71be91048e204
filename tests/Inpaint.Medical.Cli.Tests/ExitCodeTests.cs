using Inpaint.Medical.Core.Errors;
using Xunit;

namespace Inpaint.Medical.Cli.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(ErrorCode.None, 0)]
    [InlineData(ErrorCode.UsageInvalid, 2)]
    [InlineData(ErrorCode.MethodUnknown, 2)]
    [InlineData(ErrorCode.NoInstances, 3)]
    [InlineData(ErrorCode.GapTooLong, 3)]
    [InlineData(ErrorCode.Internal, 5)]
    public void EveryErrorHasItsExitCode(ErrorCode code, int expected)
    {
        Assert.Equal(expected, ExitCode.Of(code));
    }
}
