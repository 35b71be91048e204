namespace Inpaint.Medical.Worker.Jobs;

/// <summary>
/// The time of day as it was at the start, and from there on what has really passed. For the scheduler: on a clock that is set back it
/// would stand still until the clock has caught up.
/// </summary>
internal sealed class SteadyTime(TimeProvider clock) : TimeProvider
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly long _started = clock.GetTimestamp();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _start + clock.GetElapsedTime(_started);

    public override long GetTimestamp() => clock.GetTimestamp();
}
