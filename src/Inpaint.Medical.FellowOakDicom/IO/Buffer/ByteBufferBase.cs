namespace FellowOakDicom.IO.Buffer;

/// <summary>What all buffers share: everything follows from the size and from reading a range.</summary>
public abstract class ByteBufferBase : IByteBuffer
{
    private const int ChunkSize = 1 << 16;

    public virtual bool IsMemory => false;

    public abstract long Size { get; }

    public virtual byte[] Data
    {
        get
        {
            if (Size > Array.MaxLength)
            {
                throw new DicomIoException(FormattableString.Invariant(
                    $"A value of {Size} bytes does not fit into one array (limit {Array.MaxLength}); copy it to a stream instead."));
            }

            var data = new byte[Size];
            GetByteRange(0, data.Length, data);
            return data;
        }
    }

    public abstract void GetByteRange(long offset, int count, byte[] output);

    public virtual void CopyToStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        foreach ((byte[] chunk, int count) in Chunks())
        {
            stream.Write(chunk, 0, count);
        }
    }

    public virtual async Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        foreach ((byte[] chunk, int count) in Chunks())
        {
            await stream.WriteAsync(chunk.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }

    protected static void CheckRange(long size, long offset, int count, byte[] output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.Length < count)
        {
            throw new ArgumentException(FormattableString.Invariant($"Output holds {output.Length} bytes, {count} were asked for."), nameof(output));
        }

        if (offset < 0 || count < 0 || offset > size - count)
        {
            throw new DicomIoException(FormattableString.Invariant($"Bytes {offset} to {offset + count} lie outside a value of {size} bytes."));
        }
    }

    private IEnumerable<(byte[] Chunk, int Count)> Chunks()
    {
        var chunk = new byte[(int)Math.Min(ChunkSize, Math.Max(1, Size))];
        for (long offset = 0; offset < Size; offset += chunk.Length)
        {
            int count = (int)Math.Min(chunk.Length, Size - offset);
            GetByteRange(offset, count, chunk);
            yield return (chunk, count);
        }
    }
}
