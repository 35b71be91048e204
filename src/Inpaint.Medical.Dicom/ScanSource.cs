using System.IO.Compression;

namespace Inpaint.Medical.Dicom;

/// <summary>
/// A stream seen through one small window that only moves forward. Large values are gone over by seeking, or, where the stream cannot
/// seek, by reading into the window; memory does not depend on the stream's length.
/// </summary>
internal sealed class ScanSource
{
    private const int WindowSize = 32768;

    private readonly Stream stream;
    private readonly byte[] window = GC.AllocateUninitializedArray<byte>(WindowSize);
    private readonly long origin;
    private readonly Action<long>? onRead;
    private int start;
    private int end;
    private bool isAtEnd;

    /// <summary>Starts at the stream's current position, which counts as <paramref name="position"/>.</summary>
    /// <param name="onRead">Called with the bytes taken from the stream so far, before they are looked at.</param>
    public ScanSource(Stream stream, long position = 0, Action<long>? onRead = null)
    {
        this.stream = stream;
        this.onRead = onRead;
        Position = position;
        origin = stream.CanSeek ? stream.Position - position : 0;
        Length = stream.CanSeek ? stream.Length - origin : long.MaxValue;
    }

    public long Position { get; private set; }

    /// <summary>Position of the end; <see cref="long.MaxValue"/> as long as it is not known.</summary>
    public long Length { get; private set; }

    /// <summary>Looks at the next bytes without going over them: <paramref name="count"/> (at most 32768), or fewer at the end.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (end - start < count)
        {
            Fill(count);
        }

        return window.AsSpan(start, Math.Min(count, end - start));
    }

    /// <summary>Goes forward.</summary>
    /// <returns>False when the stream ends before; the position is then the end.</returns>
    public bool Skip(long count)
    {
        while (count > end - start)
        {
            count -= end - start;
            Position += end - start;
            start = end = 0;
            if (stream.CanSeek)
            {
                long reached = Math.Min(Position + count, Length);
                stream.Position = origin + reached;
                count -= reached - Position;
                Position = reached;
                return count == 0;
            }

            Fill(WindowSize);
            if (end == 0)
            {
                return false;
            }
        }

        start += (int)count;
        Position += count;
        return true;
    }

    /// <summary>Inflates what follows the current position of a stream that can seek.</summary>
    /// <param name="onRead">Called with the inflated bytes so far, before they are looked at.</param>
    public ScanSource Inflate(Action<long> onRead)
    {
        stream.Position = origin + Position;
        return new ScanSource(new DeflateStream(stream, CompressionMode.Decompress, leaveOpen: true), onRead: onRead);
    }

    private void Fill(int count)
    {
        window.AsSpan(start, end - start).CopyTo(window);
        end -= start;
        start = 0;
        while (end < count && !isAtEnd)
        {
            int read = stream.Read(window, end, window.Length - end);
            end += read;
            isAtEnd = read == 0;
            onRead?.Invoke(Position + end);
        }

        if (isAtEnd && !stream.CanSeek)
        {
            Length = Position + end;
        }
    }
}
