using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class ReceiveStageTests
{
    [Fact]
    public async Task GivenNoInstances_WhenReceived_ThenNoInstances()
    {
        InpaintException refusal = await Assert.ThrowsAsync<InpaintException>(() => ReceiveStage.RunAsync(new MemorySource(), CancellationToken.None));

        Assert.Equal(ErrorCode.NoInstances, refusal.Code);
    }

    [Fact]
    public async Task GivenAnyOrder_WhenReceived_ThenTheOrderIsTheSame()
    {
        InstanceSet one = await ReceiveStage.RunAsync(Phantom.Series().Shuffled(1), CancellationToken.None);
        InstanceSet other = await ReceiveStage.RunAsync(Phantom.Series().Shuffled(2), CancellationToken.None);

        Assert.Equal(one.Instances.Select(instance => instance.Source), other.Instances.Select(instance => instance.Source));
    }
}
