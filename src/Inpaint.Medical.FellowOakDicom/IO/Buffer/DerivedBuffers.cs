namespace FellowOakDicom.IO.Buffer;

/// <summary>A part of another buffer.</summary>
public sealed class RangeByteBuffer : ByteBufferBase
{
    public RangeByteBuffer(IByteBuffer buffer, long offset, int length)
    {
        Internal = buffer ?? throw new ArgumentNullException(nameof(buffer));
        Offset = offset;
        Length = length;
    }

    public IByteBuffer Internal { get; }

    public long Offset { get; }

    public int Length { get; }

    public override long Size => Length;

    public override void GetByteRange(long offset, int count, byte[] output)
    {
        CheckRange(Size, offset, count, output);
        Internal.GetByteRange(Offset + offset, count, output);
    }
}

/// <summary>Several buffers one after another.</summary>
public sealed class CompositeByteBuffer : ByteBufferBase
{
    public CompositeByteBuffer(params IByteBuffer[] buffers) => Buffers = [.. buffers];

    public CompositeByteBuffer(IEnumerable<IByteBuffer> buffers) => Buffers = [.. buffers];

    public IList<IByteBuffer> Buffers { get; }

    public override long Size => Buffers.Sum(buffer => buffer.Size);

    public override void GetByteRange(long offset, int count, byte[] output)
    {
        CheckRange(Size, offset, count, output);
        int written = 0;
        foreach (IByteBuffer buffer in Buffers)
        {
            if (offset < buffer.Size && written < count)
            {
                int part = (int)Math.Min(buffer.Size - offset, count - written);
                var bytes = new byte[part];
                buffer.GetByteRange(offset, part, bytes);
                bytes.CopyTo(output, written);
                written += part;
            }

            offset = Math.Max(0, offset - buffer.Size);
        }
    }

    public override void CopyToStream(Stream stream)
    {
        foreach (IByteBuffer buffer in Buffers)
        {
            buffer.CopyToStream(stream);
        }
    }
}

/// <summary>Another buffer and, if its length is odd, one zero byte.</summary>
public sealed class EvenLengthBuffer : ByteBufferBase
{
    private EvenLengthBuffer(IByteBuffer buffer) => Buffer = buffer;

    public IByteBuffer Buffer { get; }

    public override long Size => Buffer.Size + 1;

    public static IByteBuffer Create(IByteBuffer buffer) => (buffer.Size & 1) == 0 ? buffer : new EvenLengthBuffer(buffer);

    public override void GetByteRange(long offset, int count, byte[] output)
    {
        CheckRange(Size, offset, count, output);
        int stored = (int)Math.Min(count, Math.Max(0, Buffer.Size - offset));
        if (stored > 0)
        {
            Buffer.GetByteRange(offset, stored, output);
        }

        output.AsSpan(stored, count - stored).Clear();
    }
}

/// <summary>Another buffer with the bytes of each unit reversed.</summary>
public sealed class SwapByteBuffer : ByteBufferBase
{
    public SwapByteBuffer(IByteBuffer buffer, int unitSize)
    {
        Internal = buffer ?? throw new ArgumentNullException(nameof(buffer));
        UnitSize = unitSize;
    }

    public IByteBuffer Internal { get; }

    public int UnitSize { get; }

    public override long Size => Internal.Size;

    public override void GetByteRange(long offset, int count, byte[] output)
    {
        CheckRange(Size, offset, count, output);
        long start = offset - (offset % UnitSize);
        long end = Math.Min(Size, (offset + count + UnitSize - 1) / UnitSize * UnitSize);
        var units = new byte[end - start];
        Internal.GetByteRange(start, units.Length, units);
        Endian.SwapBytes(UnitSize, units);
        units.AsSpan((int)(offset - start), count).CopyTo(output);
    }
}

/// <summary>Another buffer in the machine's byte order.</summary>
public sealed class EndianByteBuffer : ByteBufferBase
{
    private readonly SwapByteBuffer _local;

    private EndianByteBuffer(IByteBuffer buffer, Endian endian, int unitSize)
    {
        Internal = buffer;
        Endian = endian;
        UnitSize = unitSize;
        _local = new SwapByteBuffer(buffer, unitSize);
    }

    public IByteBuffer Internal { get; }

    public Endian Endian { get; }

    public int UnitSize { get; }

    public override long Size => Internal.Size;

    public static IByteBuffer Create(IByteBuffer buffer, Endian endian, int unitSize) =>
        endian == Endian.LocalMachine || unitSize == 1 ? buffer : new EndianByteBuffer(buffer, endian, unitSize);

    public override void GetByteRange(long offset, int count, byte[] output) => _local.GetByteRange(offset, count, output);
}

/// <summary>Bytes made when first asked for.</summary>
public sealed class LazyByteBuffer : ByteBufferBase
{
    private readonly Lazy<byte[]> _bytes;

    public LazyByteBuffer(Func<byte[]> bytes) => _bytes = new Lazy<byte[]>(bytes);

    public override bool IsMemory => true;

    public override long Size => _bytes.Value.Length;

    public override byte[] Data => _bytes.Value;

    public override void GetByteRange(long offset, int count, byte[] output) => Array.Copy(_bytes.Value, offset, output, 0, count);
}

/// <summary>Bytes kept in a temporary file, deleted when the buffer is no longer used.</summary>
public sealed class TempFileBuffer : ByteBufferBase
{
    private readonly FileByteBuffer _content;

    public TempFileBuffer(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var file = new FileReference(Path.GetTempFileName()) { IsTempFile = true };
        File.WriteAllBytes(file.Name, data);
        _content = new FileByteBuffer(file, 0, data.Length);
    }

    public override long Size => _content.Size;

    public override byte[] Data => _content.Data;

    public override void GetByteRange(long offset, int count, byte[] output) => _content.GetByteRange(offset, count, output);
}

/// <summary>Bytes that stay at a URI; only their place is known until <see cref="Data"/> is set.</summary>
public class BulkDataUriByteBuffer : IBulkDataUriByteBuffer
{
    private byte[] _data;

    public BulkDataUriByteBuffer(string bulkDataUri) => BulkDataUri = bulkDataUri;

    public string BulkDataUri { get; }

    public bool IsMemory => _data is not null;

    public virtual long Size => Loaded.Length;

    public virtual byte[] Data
    {
        get => Loaded;
        set => _data = value;
    }

    private byte[] Loaded => _data ?? throw new InvalidOperationException($"The bulk data at {BulkDataUri} has not been loaded.");

    public virtual void GetByteRange(long offset, int count, byte[] output) => Array.Copy(Loaded, offset, output, 0, count);

    public void CopyToStream(Stream stream) => stream.Write(Loaded);

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(Loaded, cancellationToken).AsTask();
}
