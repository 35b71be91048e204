using System.IO.Hashing;
using System.Security.Cryptography;
using Inpaint.Medical.Storage.Intake;
using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Storage.Objects;

/// <summary>
/// An object that is arriving: bytes go to disk as they come, into the log of arrivals where that has room, else into a file of our own
/// naming. Beyond the limit, or when the disk is full, bytes are dropped and the object is marked, so that the sender still gets its answer.
/// </summary>
public sealed class StagedObject : Stream
{
    private const int Buffer = 1 << 16;

    // In the log: a data set comes in large pieces, the header value by value; what is read back is what stands before the pixels.
    private const int HeaderBuffer = 1 << 12;

    private readonly XxHash128 _checksum = new();
    private readonly long _limit;
    private LogPlace? _place;
    private Stream _content;
    private long _length;

    internal StagedObject(string path, long limit, ArrivalLog? log)
    {
        Path = path;
        _limit = limit;
        _place = log?.Begin();
        _content = _place is null ? CreateFile() : new BufferedStream(_place.Open(), HeaderBuffer);
    }

    /// <summary>Of its file, where it has one.</summary>
    public string Path { get; }

    /// <summary>More bytes came than allowed.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>The disk refused bytes.</summary>
    public bool IsDiskFull { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Where the data set begins, bytes.</summary>
    internal int DatasetOffset { get; private set; }

    /// <summary>XXH128 of all bytes so far: finds what a power failure tore.</summary>
    internal UInt128 Checksum => _checksum.GetCurrentHashAsUInt128();

    private FileStream CreateFile() => new(Path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.Read,
        BufferSize = Buffer,
    });

    /// <summary>What was flushed, to be read back from the beginning, also after its file has been renamed; closing it leaves the object open.</summary>
    public Stream OpenRead() => _content is FileStream file
        ? new FileStream(new SafeFileHandle(file.SafeFileHandle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, Buffer) { Position = 0 }
        : new BufferedStream(_place!.Open(), HeaderBuffer);

    /// <summary>From here on bytes count for <see cref="ContentSha256"/>.</summary>
    public void BeginDataset() => DatasetOffset = (int)_length;

    /// <summary>SHA-256 of what was flushed of the data set, lower-case hex.</summary>
    public string ContentSha256()
    {
        using Stream content = OpenRead();
        content.Position = DatasetOffset;
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    /// <summary>Hands over the place in the log, which lives on when this object is disposed; null when the object has a file.</summary>
    internal LogPlace? LeaveInLog()
    {
        LogPlace? place = _place;
        if (place is not null)
        {
            place.DatasetOffset = DatasetOffset;
        }

        _place = null;
        return place;
    }

    /// <summary>Sees to it that the object has a file, at <see cref="Path"/>.</summary>
    internal void MoveToFile()
    {
        if (_place is not { } place)
        {
            return;
        }

        try
        {
            _content.Flush();
            using Stream before = place.Open();
            FileStream file = CreateFile();
            _content = file;
            before.CopyTo(file, Buffer);
            file.Flush();
        }
        catch (IOException)
        {
            IsDiskFull = true;
        }
        finally
        {
            _place = null;
            place.Dispose();
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsTooLarge || IsDiskFull)
        {
            return;
        }

        if (_length + buffer.Length > _limit)
        {
            IsTooLarge = true;
            return;
        }

        if (_place?.TryGrow(_length + buffer.Length) == false)
        {
            MoveToFile();
        }

        try
        {
            _content.Write(buffer);
        }
        catch (IOException)
        {
            IsDiskFull = true;
            return;
        }

        _checksum.Append(buffer);
        _length += buffer.Length;
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

    /// <summary>Hands buffered bytes to the system, so that the object can be read back.</summary>
    public override void Flush()
    {
        try
        {
            _content.Flush();
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
                _content.Dispose();
            }
            catch (IOException)
            {
                IsDiskFull = true;
            }

            if (_content is FileStream)
            {
                File.Delete(Path);
            }

            _place?.Dispose();
        }

        base.Dispose(disposing);
    }
}
