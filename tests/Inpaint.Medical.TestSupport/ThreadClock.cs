using System.Runtime.InteropServices;

namespace Inpaint.Medical.TestSupport;

/// <summary>Processor time of the running thread: what a piece of work costs, whatever else the machine does meanwhile.</summary>
public static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    public static TimeSpan Now =>
        GetTime(ThreadCpuTime, out Time time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : throw new PlatformNotSupportedException("The processor time of a thread cannot be had here.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
