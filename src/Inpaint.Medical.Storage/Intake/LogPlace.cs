using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Storage.Intake;

/// <summary>Where an object is in the log of arrivals. Disposing frees it.</summary>
internal sealed class LogPlace(ArrivalLog log, SafeFileHandle file, ReadOnlySpan<int> segments = default) : IDisposable
{
    private bool _isFree;

    public List<int> Segments { get; } = [.. segments];

    /// <summary>Of the object so far, bytes.</summary>
    public long Length { get; set; }

    /// <summary>Where the data set begins, bytes.</summary>
    public int DatasetOffset { get; set; }

    /// <summary>Position of a segment in the file, bytes.</summary>
    internal static long Start(int segment) => ArrivalLog.Block + ((long)segment * ArrivalLog.Segment);

    /// <summary>Makes room for an object of so many bytes.</summary>
    /// <returns>False where the log has none, or the object is too large for it.</returns>
    public bool TryGrow(long length)
    {
        // The first block is the record's.
        while ((long)Segments.Count * ArrivalLog.Segment < ArrivalLog.Block + length)
        {
            if (!log.TryTake(Segments.Count, out int segment))
            {
                return false;
            }

            Segments.Add(segment);
        }

        return true;
    }

    /// <summary>The object as far as it was written, from its beginning. What is written is appended, where <see cref="TryGrow"/> made room.</summary>
    public Stream Open() => new Content(this);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            (long at, int room) = Locate(Length);
            int now = Math.Min(room, bytes.Length);
            RandomAccess.Write(file, bytes[..now], at);
            bytes = bytes[now..];
            Length += now;
        }
    }

    private int Read(Span<byte> bytes, long position)
    {
        (long at, int room) = Locate(position);
        int now = (int)Math.Min(Math.Min(room, bytes.Length), Length - position);
        return now <= 0 ? 0 : RandomAccess.Read(file, bytes[..now], at);
    }

    /// <summary>Where a byte of the object is in the file, and how many follow it there.</summary>
    private (long At, int Room) Locate(long position)
    {
        (long index, long offset) = Math.DivRem(ArrivalLog.Block + position, ArrivalLog.Segment);
        return index < Segments.Count ? (Start(Segments[(int)index]) + offset, (int)(ArrivalLog.Segment - offset)) : (0, 0);
    }

    public void Dispose()
    {
        if (!_isFree)
        {
            _isFree = true;
            log.Return(Segments);
        }
    }

    private sealed class Content(LogPlace place) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => place.Length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            int read = place.Read(buffer, Position);
            Position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => Position,
            _ => Length,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(ReadOnlySpan<byte> buffer) => place.Append(buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
