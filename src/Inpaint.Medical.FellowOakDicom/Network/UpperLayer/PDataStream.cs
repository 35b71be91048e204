using System.Buffers;
using System.Buffers.Binary;

namespace FellowOakDicom.Network.UpperLayer;

/// <summary>Takes whole PDUs for the wire.</summary>
internal interface IPduSink
{
    ValueTask SendAsync(ReadOnlyMemory<byte> pdu);

    /// <summary>As <see cref="SendAsync"/>, for writers that are not asynchronous; waits while the peer does not take it.</summary>
    void Send(ReadOnlySpan<byte> pdu);
}

/// <summary>
/// Cuts what is written to it into P-DATA-TF PDUs of one PDV each (PS3.8 9.3.5 and annex E); <see cref="CompleteAsync"/> sends the last
/// one, marked as such.
/// </summary>
internal sealed class PDataStream : Stream
{
    private const int PduHeader = 6;
    private const int PdvHeader = 6;
    private const byte CommandFlag = 1;
    private const byte LastFlag = 2;

    private readonly IPduSink _sink;
    private readonly byte _contextId;
    private readonly byte _flags;
    private readonly int _capacity;
    private byte[] _buffer;
    private int _count;

    /// <param name="sink">Puts whole PDUs on the wire.</param>
    /// <param name="contextId">Presentation context.</param>
    /// <param name="isCommand">Command set, not data set.</param>
    /// <param name="maximumPduLength">Largest PDU without its header, bytes.</param>
    internal PDataStream(IPduSink sink, byte contextId, bool isCommand, int maximumPduLength)
    {
        _sink = sink;
        _contextId = contextId;
        _flags = isCommand ? CommandFlag : (byte)0;
        // Fragments have even length (PS3.8 annex E.2).
        _capacity = Math.Max(2, (maximumPduLength - PdvHeader) & ~1);
        _buffer = ArrayPool<byte>.Shared.Rent(_capacity + PduHeader + PdvHeader);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_count == _capacity)
            {
                await _sink.SendAsync(TakePdu(0)).ConfigureAwait(false);
            }

            buffer = buffer[Take(buffer.Span)..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For writers that are not asynchronous; waits while the peer takes a PDU.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_count == _capacity)
            {
                _sink.Send(TakePdu(0).Span);
            }

            buffer = buffer[Take(buffer)..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Sends what is left as the last fragment.</summary>
    internal ValueTask CompleteAsync()
    {
        if (_count % 2 != 0)
        {
            // A data set of odd length breaks PS3.5 7.1.1; a zero byte after it is harmless to readers, an odd fragment is not.
            _buffer[PduHeader + PdvHeader + _count++] = 0;
        }

        return _sink.SendAsync(TakePdu(LastFlag));
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        base.Dispose(disposing);
    }

    private int Take(ReadOnlySpan<byte> source)
    {
        int taken = Math.Min(source.Length, _capacity - _count);
        source[..taken].CopyTo(_buffer.AsSpan(PduHeader + PdvHeader + _count));
        _count += taken;
        return taken;
    }

    /// <summary>Puts the headers before what is buffered and empties the buffer; valid until the next write.</summary>
    private ReadOnlyMemory<byte> TakePdu(byte last)
    {
        Span<byte> header = _buffer.AsSpan(0, PduHeader + PdvHeader);
        header[0] = (byte)PduType.Data;
        header[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[2..], (uint)(_count + PdvHeader));
        BinaryPrimitives.WriteUInt32BigEndian(header[6..], (uint)(_count + 2));
        header[10] = _contextId;
        header[11] = (byte)(_flags | last);
        ReadOnlyMemory<byte> pdu = _buffer.AsMemory(0, PduHeader + PdvHeader + _count);
        _count = 0;
        return pdu;
    }
}
