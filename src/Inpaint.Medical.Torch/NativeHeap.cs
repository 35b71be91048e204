using System.Runtime.InteropServices;

namespace Inpaint.Medical.Torch;

/// <summary>
/// Where tensors lie on the CPU: glibc's heap. As it comes, it hands the memory of every large tensor back to the kernel, which clears it again page by page for the
/// next one: half of the time of a prediction. Kept without bound, it holds several times what is in use, in a heap for each thread that ever ran a network.
/// </summary>
internal static partial class NativeHeap
{
    // mallopt(3)
    private const int TrimThreshold = -1, TopPad = -2, MappingThreshold = -3;
    private const int LargestInHeap = 32 << 20;         // the most that glibc takes
    private const int AheadOfNeed = 64 << 20;

    private static long afterLast = Environment.WorkingSet;

    /// <summary>From now on freed memory stays until it is given back.</summary>
    public static void Keep()
    {
        _ = Set(MappingThreshold, LargestInHeap);
        _ = Set(TopPad, AheadOfNeed);
        _ = Set(TrimThreshold, int.MaxValue);
    }

    /// <summary>Gives free memory back to the kernel if the process has grown by more than <paramref name="most"/> bytes since that was last done.</summary>
    public static void GiveBack(long most)
    {
        long before = Interlocked.Read(ref afterLast);
        if (Environment.WorkingSet - before <= most || Interlocked.CompareExchange(ref afterLast, long.MaxValue - most, before) != before) return;
        _ = Trim(0);
        Interlocked.Exchange(ref afterLast, Environment.WorkingSet);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Set(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Trim(nuint keep);
}
