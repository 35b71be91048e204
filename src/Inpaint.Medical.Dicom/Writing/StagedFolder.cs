using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Shared;
using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// A folder that is complete or absent: files go to a hidden folder beside it, are flushed to the disk together (one by one would
/// wait for the disk as often), and one rename shows them.
/// </summary>
internal sealed class StagedFolder : IStagedDelivery
{
    private readonly string _target;
    private readonly string _partial;
    private readonly List<string> _createdParents;
    private readonly List<DeliveredInstance> _delivered = [];
    private bool _isCommitted;

    private StagedFolder(string target, string partial, List<string> createdParents)
    {
        _target = target;
        _partial = partial;
        _createdParents = createdParents;
    }

    public Delivery Delivery => new(_target, [.. _delivered]);

    /// <param name="target">The folder to appear; absent or empty.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public static StagedFolder Create(string target)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        RequireFree(target);
        return Guard(target, () =>
        {
            string parent = Path.GetDirectoryName(target) ?? throw new IOException("it is the root folder");
            List<string> created = CreateParents(parent);
            string partial = Path.Combine(parent, $".{Path.GetFileName(target)}.partial-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
            Directory.CreateDirectory(partial);
            return new StagedFolder(target, partial, created);
        });
    }

    /// <summary>Writes one instance.</summary>
    public async Task AddInstanceAsync(string sopInstanceUid, string fileName, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await AttachAsync(fileName, content, cancellationToken);
        _delivered.Add(new DeliveredInstance(sopInstanceUid, fileName, Convert.ToHexStringLower(SHA256.HashData(content.Span))));
    }

    public Task AttachAsync(string fileName, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (fileName.Length == 0 || fileName != Path.GetFileName(fileName) || fileName is "." or "..")
        {
            throw new ArgumentException("A plain file name is wanted.", nameof(fileName));
        }

        cancellationToken.ThrowIfCancellationRequested();
        Guard(_target, () =>
        {
            using var file = new FileStream(Path.Combine(_partial, fileName), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            file.Write(content.Span);
            return true;
        });
        return Task.CompletedTask;
    }

    public Task CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireFree(_target);
        Guard(_target, () =>
        {
            FlushFiles(_partial);
            DurableFolder.Sync(_partial);
            if (Directory.Exists(_target))
            {
                Directory.Delete(_target);
            }

            Directory.Move(_partial, _target);
            DurableFolder.Sync(Path.GetDirectoryName(_target)!);
            return true;
        });
        _isCommitted = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (!_isCommitted)
        {
            Remove();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Best effort: what cannot be removed is hidden and never taken for a result.</summary>
    private void Remove()
    {
        try
        {
            Directory.Delete(_partial, recursive: true);
            foreach (string parent in Enumerable.Reverse(_createdParents))
            {
                Directory.Delete(parent);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private static void RequireFree(string target)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new InpaintException(ErrorCode.OutputExists, $"Output '{target}' exists and is not empty; choose another folder or remove it.");
        }
    }

    private static List<string> CreateParents(string parent)
    {
        var missing = new List<string>();
        for (string? folder = parent; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            missing.Insert(0, folder);
        }

        Directory.CreateDirectory(parent);
        return missing;
    }

    private static T Guard<T>(string target, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.OutputNotWritable, $"Output '{target}' cannot be written: {exception.Message}", exception);
        }
    }

    private static void FlushFiles(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
        }
    }
}
