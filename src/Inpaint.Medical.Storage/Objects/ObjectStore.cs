using System.Buffers;
using System.Security.Cryptography;
using Inpaint.Medical.Shared;
using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Storage.Objects;

/// <summary>
/// Received objects on disk, named by their content: no text from a peer is ever part of a file name. Staging and final folder are
/// on one file system, so that a name appears only when its content is whole.
/// </summary>
public sealed class ObjectStore
{
    private const int CopyBuffer = 1 << 18;

    private readonly string _staging;
    private readonly string _quarantine;

    /// <param name="root">Created if absent.</param>
    public ObjectStore(string root)
    {
        Root = Path.GetFullPath(root);
        _staging = Directory.CreateDirectory(Path.Combine(Root, "staging")).FullName;
        _quarantine = Directory.CreateDirectory(Path.Combine(Root, "quarantine")).FullName;
        Directory.CreateDirectory(Path.Combine(Root, "objects"));
        for (int prefix = 0; prefix < 256; prefix++)
        {
            Directory.CreateDirectory(Path.Combine(Root, "objects", prefix.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
        }

        DurableFolder.Sync(Path.Combine(Root, "objects"));
        DurableFolder.Sync(Root);
    }

    public string Root { get; }

    /// <summary>The path of a file to be, by a name of our own.</summary>
    internal string NewStagingPath() => Path.Combine(_staging, Guid.NewGuid().ToString("N") + ".part");

    /// <summary>Gives a staged object that has a file its content's name; durable only after <see cref="Sync"/>.</summary>
    /// <returns>SHA-256 of its data set.</returns>
    internal string Place(StagedObject staged)
    {
        string content = staged.ContentSha256();
        File.Move(staged.Path, FullPath(RelativePath(content)), overwrite: true);
        return content;
    }

    /// <summary>Writes an object to a file under its content's name; durable only after <see cref="Sync"/>.</summary>
    /// <param name="object">The whole object, from its beginning.</param>
    /// <param name="datasetOffset">Where its data set begins, bytes.</param>
    /// <returns>SHA-256 of its data set.</returns>
    /// <exception cref="IOException">No room; nothing is left behind.</exception>
    internal string Place(Stream @object, int datasetOffset)
    {
        string unfinished = NewStagingPath();
        try
        {
            string content;
            using (SafeFileHandle file = File.OpenHandle(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                content = Copy(@object, datasetOffset, file);
            }

            File.Move(unfinished, FullPath(RelativePath(content)), overwrite: true);
            return content;
        }
        catch (IOException)
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static string Copy(Stream @object, int datasetOffset, SafeFileHandle file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyBuffer);
        try
        {
            for (long done = 0; @object.Read(buffer) is > 0 and int read; done += read)
            {
                RandomAccess.Write(file, buffer.AsSpan(0, read), done);
                int header = (int)Math.Clamp(datasetOffset - done, 0, read);
                hash.AppendData(buffer.AsSpan(header, read - header));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Makes all objects placed so far durable.</summary>
    /// <exception cref="IOException">Not durable: nothing may be acknowledged.</exception>
    public void Sync() => DurableFolder.SyncFileSystem(Path.Combine(Root, "objects"));

    /// <summary>Keeps an object that was refused, for an operator to look at.</summary>
    /// <returns>Path below the root; null when there is no room for it.</returns>
    public string? Quarantine(StagedObject staged)
    {
        ArgumentNullException.ThrowIfNull(staged);
        staged.MoveToFile();
        if (staged.IsDiskFull)
        {
            return null;
        }

        string name = Path.GetFileNameWithoutExtension(staged.Path) + ".dcm";
        File.Move(staged.Path, Path.Combine(_quarantine, name));
        return Path.Combine("quarantine", name);
    }

    public static string RelativePath(string contentSha256)
    {
        ArgumentNullException.ThrowIfNull(contentSha256);
        return Path.Combine("objects", contentSha256[..2], contentSha256 + ".dcm");
    }

    public string FullPath(string relative) => Path.Combine(Root, relative);

    public bool Exists(string relative) => File.Exists(FullPath(relative));

    /// <summary>Share of the disk that is used, 0…1.</summary>
    public double UsedFraction()
    {
        var drive = new DriveInfo(Root);
        return 1 - ((double)drive.AvailableFreeSpace / drive.TotalSize);
    }

    public long FreeBytes() => new DriveInfo(Root).AvailableFreeSpace;

    /// <summary>At start: removes what never became whole, and objects that nobody acknowledged.</summary>
    /// <param name="isKnown">Whether the ledger names a path.</param>
    /// <param name="olderThanUtc">Younger files are left alone: another worker may be about to record them.</param>
    /// <returns>Number of files removed.</returns>
    public int Sweep(Func<string, bool> isKnown, DateTime olderThanUtc)
    {
        ArgumentNullException.ThrowIfNull(isKnown);
        int removed = 0;
        foreach (string file in Directory.EnumerateFiles(_staging).Concat(
            Directory.EnumerateFiles(Path.Combine(Root, "objects"), "*.dcm", SearchOption.AllDirectories)))
        {
            bool staged = file.StartsWith(_staging, StringComparison.Ordinal);
            if (File.GetLastWriteTimeUtc(file) < olderThanUtc && (staged || !isKnown(Path.GetRelativePath(Root, file))))
            {
                File.Delete(file);
                removed++;
            }
        }

        return removed;
    }
}
