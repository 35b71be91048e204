using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace FellowOakDicom.Network.UpperLayer;

/// <summary>
/// Reads PDUs from a stream into one pooled buffer. The announced length is checked before anything is allocated for it, and the
/// buffer grows only as bytes arrive.
/// </summary>
internal sealed class PduReader : IDisposable
{
    private const int HeaderLength = 6;
    private const int SmallPduLength = 4;
    private const int InitialBuffer = 4096;
    private const int DataBuffer = 256 * 1024;

    private const int MostPatient = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);
    private static int _patient;

    private readonly Stream _stream;
    private readonly Socket _socket;
    private readonly UpperLayerLimits _limits;
    private readonly Func<uint> _advertisedLength;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private long _since = Environment.TickCount64;

    /// <param name="stream">The transport connection, not owned.</param>
    /// <param name="limits">Largest PDUs.</param>
    /// <param name="advertisedLength">The maximum length that we told the peer, bytes.</param>
    internal PduReader(Stream stream, UpperLayerLimits limits, Func<uint> advertisedLength)
    {
        _stream = stream;
        _socket = (stream as NetworkStream)?.Socket;
        _limits = limits;
        _advertisedLength = advertisedLength;
    }

    /// <summary>Type of the PDU whose header was read last; any byte is possible.</summary>
    internal PduType Type { get; private set; }

    /// <summary>Length of its body, bytes; within the limits.</summary>
    internal int Length { get; private set; }

    /// <summary><see cref="Environment.TickCount64"/> when the wait for the current PDU began, or when its first byte came.</summary>
    internal long Since => Volatile.Read(ref _since);

    /// <summary>Starts the clock anew, after work that kept the reader from reading.</summary>
    internal void Touch() => Volatile.Write(ref _since, Environment.TickCount64);

    /// <summary>Reads the next header.</summary>
    /// <returns>False when the peer closed the connection between two PDUs.</returns>
    /// <exception cref="InvalidPduException">Unknown type, or a length over the limit.</exception>
    /// <exception cref="EndOfStreamException">The connection ended inside the header.</exception>
    internal async ValueTask<bool> ReadHeaderAsync()
    {
        Touch();
        if (_end == _start && !await FillAsync().ConfigureAwait(false))
        {
            return false;
        }

        Touch();
        await EnsureAsync(HeaderLength).ConfigureAwait(false);
        ReadOnlySpan<byte> header = _buffer.AsSpan(_start, HeaderLength);
        Type = (PduType)header[0];
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[2..]);
        Length = CheckLength(Type, length);
        _start += HeaderLength;
        return true;
    }

    /// <summary>Reads the body of the PDU; the memory is valid until the next read.</summary>
    /// <exception cref="EndOfStreamException">The connection ended inside the PDU.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync()
    {
        await EnsureAsync(Length).ConfigureAwait(false);
        var body = new ReadOnlyMemory<byte>(_buffer, _start, Length);
        _start += Length;
        return body;
    }

    /// <summary>Reads and forgets all that comes until the peer closes.</summary>
    internal async ValueTask DrainAsync()
    {
        do
        {
            _start = _end = 0;
        }
        while (await FillAsync().ConfigureAwait(false));
    }

    public void Dispose()
    {
        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int CheckLength(PduType type, uint length)
    {
        long limit = type switch
        {
            PduType.AssociateRequest or PduType.AssociateAccept => _limits.AssociatePduLength,
            PduType.Data => Math.Min(Math.Max(_limits.DataPduLength, _advertisedLength()), Array.MaxLength / 2),
            PduType.AssociateReject or PduType.ReleaseRequest or PduType.ReleaseResponse or PduType.Abort => SmallPduLength,
            _ => throw new InvalidPduException(DicomAbortReason.UnrecognizedPDU, $"PDU type {(byte)type:X2}H is not known."),
        };
        bool isSmall = limit == SmallPduLength;
        if (length > limit || (isSmall && length != SmallPduLength))
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"PDU of type {(byte)type:X2}H announces {length} bytes; {limit} are allowed.");
        }

        return (int)length;
    }

    private async ValueTask EnsureAsync(int count)
    {
        while (_end - _start < count)
        {
            if (_start > 0 && _start + count > _buffer.Length)
            {
                Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
                _end -= _start;
                _start = 0;
            }

            if (!await FillAsync().ConfigureAwait(false))
            {
                throw new EndOfStreamException("The peer closed the connection inside a PDU.");
            }
        }
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_end == _buffer.Length)
        {
            Grow();
        }

        AwaitBriefly();
        int read = await _stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    /// <summary>
    /// Waits on this thread for what comes at once, as the parts of an object do: two hand-overs between threads for each would cost
    /// more than the part. Few may do so at a time, so that slow peers do not hold the threads of all.
    /// </summary>
    private void AwaitBriefly()
    {
        if (_socket == null)
        {
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _patient) <= MostPatient)
            {
                _socket.Poll(Patience, SelectMode.SelectRead);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _patient);
        }
    }

    private void Grow()
    {
        int size = _buffer.Length == 0 ? InitialBuffer : Math.Max(_buffer.Length * 2, Type == PduType.Data ? DataBuffer : 0);
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        Buffer.BlockCopy(_buffer, _start, larger, 0, _end - _start);
        byte[] old = _buffer;
        _buffer = larger;
        _end -= _start;
        _start = 0;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
