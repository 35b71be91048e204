using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Shared;

/// <summary>
/// Makes names durable: a file's rename survives a power failure only after its folder is synced too (fsync(2)), and .NET opens no
/// folders. Compiled into each adapter that writes; Core does no I/O, and adapters do not refer to each other.
/// </summary>
internal static partial class DurableFolder
{
    private const int ReadOnlyDirectory = 0x10000;

    /// <summary>Moves a file whose content is synced, and syncs the folder that now names it.</summary>
    /// <exception cref="IOException">The move or the sync failed; after a failed sync nothing may be acknowledged.</exception>
    public static void Publish(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        Sync(Path.GetDirectoryName(to)!);
    }

    /// <summary>fsync of a folder.</summary>
    public static void Sync(string folder)
    {
        using SafeFileHandle handle = Open(folder, ReadOnlyDirectory);
        if (handle.IsInvalid || Fsync(handle) != 0)
        {
            throw new IOException($"The folder could not be synced (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    /// <summary>fdatasync of a file: its bytes, and only what is needed to find them.</summary>
    /// <exception cref="IOException">Not durable, and the same call may not be tried again (PostgreSQL's lesson).</exception>
    public static void SyncData(SafeFileHandle file)
    {
        if (Fdatasync(file) != 0)
        {
            throw new IOException($"The file could not be synced (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    /// <summary>
    /// syncfs: everything on the file system that holds a folder, bytes and names. For many files it takes one commit of the file
    /// system's journal instead of one for each; since Linux 5.8 it reports what could not be written.
    /// </summary>
    /// <exception cref="IOException">Not durable, and the same call may not be tried again.</exception>
    public static void SyncFileSystem(string folder)
    {
        using SafeFileHandle handle = Open(folder, ReadOnlyDirectory);
        if (handle.IsInvalid || Syncfs(handle) != 0)
        {
            throw new IOException($"The file system could not be synced (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int Syncfs(SafeFileHandle handle);
}
