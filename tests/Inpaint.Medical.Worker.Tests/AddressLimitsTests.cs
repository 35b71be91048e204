using System.Net;
using Inpaint.Medical.Worker.Receive;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Inpaint.Medical.Worker.Tests;

public sealed class AddressLimitsTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void GivenAddressAtItsLimit_WhenAnAssociationEnds_ThenOneMoreMayBegin()
    {
        var limits = new AddressLimits(new WorkerOptions { MostAssociationsPerAddress = 2 }, _time);
        Assert.True(limits.TryEnter(One));
        Assert.True(limits.TryEnter(One));
        Assert.False(limits.TryEnter(One));
        Assert.True(limits.TryEnter(Other));

        limits.Leave(One);

        Assert.True(limits.TryEnter(One));
    }

    [Fact]
    public void GivenAddressOverItsRate_WhenAMinuteHasPassed_ThenItMayComeAgain()
    {
        var limits = new AddressLimits(new WorkerOptions { MostAssociationsPerMinute = 2 }, _time);
        for (int i = 0; i < 2; i++)
        {
            Assert.True(limits.TryEnter(One));
            limits.Leave(One);
        }

        Assert.False(limits.TryEnter(One));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limits.TryEnter(One));
    }
}
