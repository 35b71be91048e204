using System.Diagnostics;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>A file system of a few kilobytes; the test is skipped where none can be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    public static SmallDisk Mount(string folder, int kilobytes)
    {
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(Run("/bin/mount", "-t", "tmpfs", "-o", FormattableString.Invariant($"size={kilobytes}k"), "tmpfs", folder), "A small file system cannot be mounted here (needs root).");
        return new SmallDisk(folder);
    }

    public void Dispose() => Run("/bin/umount", _folder);

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
