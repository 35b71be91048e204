using System.IO.Compression;

namespace FellowOakDicom.IO.Reader;

/// <summary>The inflated dataset of a deflated transfer syntax (PS3.5 §A.5), refused when it grows beyond what real data can.</summary>
internal sealed class InflatingStream : Stream
{
    private readonly DeflateStream _inflater;
    private readonly long _limit;
    private long _inflated;

    /// <param name="deflated">Raw deflate data.</param>
    /// <param name="deflatedBytes">How many bytes of it there are, or <see cref="long.MaxValue"/>.</param>
    public InflatingStream(Stream deflated, long deflatedBytes)
    {
        _inflater = new DeflateStream(deflated, CompressionMode.Decompress);
        _limit = ReadLimits.InflatedBytes + (Math.Min(deflatedBytes, 1L << 40) * ReadLimits.InflateRatio);
    }

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
        int read;
        try
        {
            read = _inflater.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw new DicomReaderException(FormattableString.Invariant($"The deflated dataset is damaged after {_inflated} inflated bytes."), error);
        }

        _inflated += read;
        return _inflated <= _limit ? read
            : throw new DicomReaderException(FormattableString.Invariant($"The deflated dataset inflates to more than {_limit} bytes; refused."));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inflater.Dispose();
        }

        base.Dispose(disposing);
    }
}
