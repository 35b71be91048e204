using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Storage.Objects;

/// <summary>
/// An object that is arriving: bytes go to a file of our own naming and into a digest of the data set. Beyond the limit, or when
/// the disk is full, bytes are dropped and the object is marked, so that the sender still gets its answer.
/// </summary>
public sealed class StagedObject : Stream
{
    private const int ReadBuffer = 1 << 16;

    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _limit;
    private bool _inDataset;

    internal StagedObject(string path, long limit)
    {
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 65536,
        });
        Path = path;
        _limit = limit;
    }

    public string Path { get; }

    /// <summary>More bytes came than allowed.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>The disk refused bytes.</summary>
    public bool IsDiskFull { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Where the data set begins, bytes.</summary>
    internal int DatasetOffset { get; private set; }

    /// <summary>To read what was flushed, also after the file has been renamed.</summary>
    internal SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>What was flushed, to be read back; closing it leaves the object open.</summary>
    public Stream OpenRead() =>
        new FileStream(new SafeFileHandle(Handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, ReadBuffer) { Position = 0 };

    /// <summary>From here on bytes count for <see cref="ContentSha256"/>.</summary>
    public void BeginDataset()
    {
        _inDataset = true;
        DatasetOffset = (int)_file.Position;
    }

    /// <summary>SHA-256 of the data set so far, lower-case hex.</summary>
    public string ContentSha256() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsTooLarge || IsDiskFull)
        {
            return;
        }

        if (_file.Position + buffer.Length > _limit)
        {
            IsTooLarge = true;
            return;
        }

        try
        {
            _file.Write(buffer);
        }
        catch (IOException)
        {
            IsDiskFull = true;
            return;
        }

        if (_inDataset)
        {
            _hash.AppendData(buffer);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    /// <summary>Hands buffered bytes to the system, so that the file can be read back.</summary>
    public override void Flush()
    {
        try
        {
            _file.Flush();
        }
        catch (IOException)
        {
            IsDiskFull = true;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>What was not published is removed.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                _file.Dispose();
            }
            catch (IOException)
            {
                IsDiskFull = true;
            }

            _hash.Dispose();
            File.Delete(Path);
        }

        base.Dispose(disposing);
    }
}
