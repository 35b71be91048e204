using Inpaint.Medical.Worker.Jobs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Inpaint.Medical.Worker.Tests;

public sealed class SettleClockTests
{
    [Fact]
    public void QuietTimeBeginsAnewWithEachArrival()
    {
        var time = new FakeTimeProvider();
        var clock = new SettleClock(new WorkerOptions(), time);
        clock.QuietFor(1, 10);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), clock.QuietFor(1, 10));

        Assert.Equal(TimeSpan.Zero, clock.QuietFor(1, 11));
    }

    [Fact]
    public void AWallClockThatJumpsChangesNothing()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var clock = new SettleClock(new WorkerOptions(), new MonotonicOnly(time));
        clock.QuietFor(1, 10);

        time.AdjustTime(time.GetUtcNow().AddDays(1));

        Assert.Equal(TimeSpan.Zero, clock.QuietFor(1, 10));
    }

    [Fact]
    public void RetriesWaitLongerEachTimeAndNeverForEver()
    {
        TimeSpan[] waits = [.. Enumerable.Range(0, 40).Select(attempts => BackOff.After(attempts, TimeSpan.FromSeconds(10), 7))];

        Assert.All(waits.Zip(waits.Skip(1)).Take(8), pair => Assert.True(pair.Second > pair.First));
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(8), TimeSpan.FromHours(7.2)));
    }

    /// <summary>A clock whose timestamps do not follow adjustments of the wall clock, as the system's.</summary>
    private sealed class MonotonicOnly(TimeProvider wall) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => wall.GetUtcNow();

        public override long GetTimestamp() => 0;
    }
}
