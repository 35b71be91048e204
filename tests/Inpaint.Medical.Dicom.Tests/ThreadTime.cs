using System.Runtime.InteropServices;

namespace Inpaint.Medical.Dicom.Tests;

/// <summary>Processor time of this thread: what a limit on work is measured in, so that a busy machine fails no test.</summary>
internal static partial class ThreadTime
{
    private const int ThreadCpuClock = 3;  // CLOCK_THREAD_CPUTIME_ID

    public static TimeSpan Now => clock_gettime(ThreadCpuClock, out Time time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
        : throw new PlatformNotSupportedException("clock_gettime");

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Time time);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
