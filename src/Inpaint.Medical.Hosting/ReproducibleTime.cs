using System.Globalization;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Hosting;

/// <summary>
/// The clock of a run: the system's, or, where SOURCE_DATE_EPOCH is set (reproducible-builds.org), that moment, so that the same input
/// gives the same bytes on another day. Durations stay real.
/// </summary>
public sealed class ReproducibleTime : TimeProvider
{
    private readonly DateTimeOffset _now;

    private ReproducibleTime(DateTimeOffset now) => _now = now;

    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>.</exception>
    public static TimeProvider FromEnvironment()
    {
        string? seconds = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
        if (string.IsNullOrEmpty(seconds))
        {
            return System;
        }

        return long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= 253402300799
            ? new ReproducibleTime(DateTimeOffset.FromUnixTimeSeconds(value))
            : throw new InpaintException(ErrorCode.UsageInvalid, $"SOURCE_DATE_EPOCH must be seconds since 1970; found '{seconds}'.");
    }

    public override DateTimeOffset GetUtcNow() => _now;
}
