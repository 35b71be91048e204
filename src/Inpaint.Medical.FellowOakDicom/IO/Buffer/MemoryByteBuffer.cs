namespace FellowOakDicom.IO.Buffer;

/// <summary>An array; not copied, so whoever made it must not change it.</summary>
public sealed class MemoryByteBuffer : IByteBuffer
{
    public const int MaxArrayLength = 0x7FFFFFC7;

    public MemoryByteBuffer(byte[] data) => Data = data ?? throw new ArgumentNullException(nameof(data));

    public bool IsMemory => true;

    public byte[] Data { get; }

    public long Size => Data.Length;

    public void GetByteRange(long offset, int count, byte[] output) => Array.Copy(Data, offset, output, 0, count);

    public void CopyToStream(Stream stream) => stream.Write(Data, 0, Data.Length);

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(Data, 0, Data.Length, cancellationToken);
}

/// <summary>No bytes.</summary>
public sealed class EmptyBuffer : IByteBuffer
{
    public static readonly IByteBuffer Value = new EmptyBuffer();

    private EmptyBuffer()
    {
    }

    public bool IsMemory => true;

    public byte[] Data => [];

    public long Size => 0;

    public void GetByteRange(long offset, int count, byte[] output)
    {
        if (offset != 0 || count != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), "An empty value has no bytes to read.");
        }
    }

    public void CopyToStream(Stream stream)
    {
    }

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => Task.CompletedTask;
}
