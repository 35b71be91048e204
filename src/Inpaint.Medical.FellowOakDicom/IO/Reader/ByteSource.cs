using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using FellowOakDicom.IO.Buffer;
using Microsoft.Win32.SafeHandles;

namespace FellowOakDicom.IO.Reader;

/// <summary>
/// Reads forward through a file or stream in large pooled blocks. Small values are copied out of the block; large ones can be left where
/// they are and come back as a buffer that reads them when asked.
/// </summary>
internal sealed class ByteSource : IDisposable
{
    private const int BlockSize = 1 << 16;
    private const int GrowthStep = 1 << 20;

    private readonly SafeFileHandle _handle;
    private readonly Stream _stream;
    private readonly long _origin;
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _start;
    private int _end;
    private long _blockPosition;

    public ByteSource(IFileReference file)
    {
        File = file;
        _handle = System.IO.File.OpenHandle(file.Name, options: FileOptions.SequentialScan);
        Length = RandomAccess.GetLength(_handle);
        CanReturn = true;
    }

    /// <param name="stream">Stays open; read from where it stands.</param>
    public ByteSource(Stream stream)
    {
        _stream = stream;
        CanReturn = stream.CanSeek;
        _origin = stream.CanSeek ? stream.Position : 0;
        Length = stream.CanSeek ? stream.Length - _origin : long.MaxValue;
    }

    public IFileReference File { get; }

    /// <summary>Bytes in all; <see cref="long.MaxValue"/> if only reading can tell.</summary>
    public long Length { get; }

    public bool KnowsLength => Length != long.MaxValue;

    /// <summary>Whether bytes passed over can be read later.</summary>
    public bool CanReturn { get; }

    public long Position => _blockPosition + _start;

    public long Remaining => Length - Position;

    /// <summary>Whether no byte is left.</summary>
    public bool IsAtEnd => !TryPeek(1, out _);

    public void Dispose()
    {
        _handle?.Dispose();
        if (_block is not null)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = null;
        }
    }

    /// <summary>The next bytes without passing over them; false if fewer are left.</summary>
    public bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        if (_end - _start < count && !Fill(count))
        {
            bytes = default;
            return false;
        }

        bytes = _block.AsSpan(_start, count);
        return true;
    }

    public void Advance(int count) => _start += count;

    /// <summary>Reads a value into memory; false, and the source is at its end, if it ends earlier.</summary>
    public bool TryRead(long count, [NotNullWhen(true)] out byte[] bytes)
    {
        bytes = null;
        if (count > Array.MaxLength)
        {
            throw new DicomReaderException(FormattableString.Invariant($"A value of {count} bytes at byte {Position} does not fit into memory."));
        }

        if (KnowsLength && count > Remaining)
        {
            return false;
        }

        // Where the length is not known, memory grows with what really arrives, never with what a length field claims.
        if (!KnowsLength && count > GrowthStep)
        {
            return TryReadGrowing((int)count, out bytes);
        }

        var value = count > 1024 ? GC.AllocateUninitializedArray<byte>((int)count) : new byte[count];
        if (ReadInto(value) < value.Length)
        {
            return false;
        }

        bytes = value;
        return true;
    }

    /// <summary>Passes over bytes; false if there are fewer.</summary>
    public bool TrySkip(long count)
    {
        int buffered = (int)Math.Min(count, _end - _start);
        _start += buffered;
        count -= buffered;
        if (count == 0)
        {
            return true;
        }

        if (KnowsLength)
        {
            if (count > Remaining)
            {
                return false;
            }

            _blockPosition = Position + count;
            _start = _end = 0;
            return true;
        }

        while (count > 0 && (_end > _start || Fill(1)))
        {
            int step = (int)Math.Min(count, _end - _start);
            _start += step;
            count -= step;
        }

        return count == 0;
    }

    /// <summary>A buffer over bytes of this source that reads them when asked.</summary>
    public IByteBuffer Later(long position, long count) =>
        File is not null ? new FileByteBuffer(File, position, count) : new StreamByteBuffer(_stream, _origin + position, count);

    /// <summary>All that follows, as a stream.</summary>
    public Stream AsStream() => new RestStream(this);

    private bool TryReadGrowing(int count, out byte[] bytes)
    {
        var parts = new List<byte[]>();
        for (int read = 0; read < count;)
        {
            var part = new byte[Math.Min(GrowthStep, count - read)];
            if (ReadInto(part) < part.Length)
            {
                bytes = null;
                return false;
            }

            parts.Add(part);
            read += part.Length;
        }

        bytes = GC.AllocateUninitializedArray<byte>(count);
        int written = 0;
        foreach (byte[] part in parts)
        {
            part.CopyTo(bytes, written);
            written += part.Length;
        }

        return true;
    }

    private int ReadInto(Span<byte> output)
    {
        int buffered = Math.Min(output.Length, _end - _start);
        _block.AsSpan(_start, buffered).CopyTo(output);
        _start += buffered;
        int done = buffered;
        while (done < output.Length)
        {
            if (output.Length - done < BlockSize)
            {
                if (!Fill(1))
                {
                    break;
                }

                int part = Math.Min(output.Length - done, _end - _start);
                _block.AsSpan(_start, part).CopyTo(output[done..]);
                _start += part;
                done += part;
                continue;
            }

            int read = ReadAt(Position, output[done..]);
            if (read == 0)
            {
                break;
            }

            _blockPosition = Position + read;
            _start = _end = 0;
            done += read;
        }

        return done;
    }

    /// <summary>Makes at least <paramref name="count"/> bytes available in the block, moving what is left to its start.</summary>
    private bool Fill(int count)
    {
        if (_start > 0)
        {
            _block.AsSpan(_start, _end - _start).CopyTo(_block);
            _blockPosition += _start;
            _end -= _start;
            _start = 0;
        }

        while (_end < count)
        {
            int read = ReadAt(_blockPosition + _end, _block.AsSpan(_end));
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    private int ReadAt(long position, Span<byte> output)
    {
        if (_handle is not null)
        {
            return RandomAccess.Read(_handle, output, position);
        }

        if (CanReturn)
        {
            _stream.Position = _origin + position;
        }

        return _stream.Read(output);
    }

    private sealed class RestStream(ByteSource source) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (source._end == source._start && !source.Fill(1))
            {
                return 0;
            }

            int count = Math.Min(buffer.Length, source._end - source._start);
            source._block.AsSpan(source._start, count).CopyTo(buffer);
            source._start += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
