using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Inpaint.Medical.Torch;

/// <summary>
/// glibc keeps what tensors freed, in a heap for each thread that ever ran a network: over many volumes, several times what is in use. It is given back now and then.
/// </summary>
internal static partial class FreedMemory
{
    private static readonly long Interval = Stopwatch.Frequency;            // often enough to matter, too seldom to be felt

    private static long last = long.MinValue / 2;

    public static void GiveBack()
    {
        long now = Stopwatch.GetTimestamp(), before = Interlocked.Read(ref last);
        if (now - before >= Interval && Interlocked.CompareExchange(ref last, now, before) == before) _ = Trim(0);
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Trim(nuint keep);
}
