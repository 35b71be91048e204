namespace FellowOakDicom.IO.Buffer;

/// <summary>A part of a seekable stream, which must stay open. Reads of one stream are made one after another.</summary>
public sealed class StreamByteBuffer : ByteBufferBase
{
    public StreamByteBuffer(Stream stream, long position, long length)
    {
        Stream = stream ?? throw new ArgumentNullException(nameof(stream));
        Position = position;
        Size = length;
    }

    public Stream Stream { get; }

    public long Position { get; }

    public override long Size { get; }

    public override void GetByteRange(long offset, int count, byte[] output)
    {
        CheckRange(Size, offset, count, output);
        lock (Stream)
        {
            try
            {
                Stream.Position = Position + offset;
                Stream.ReadExactly(output, 0, count);
            }
            catch (Exception error) when (error is ObjectDisposedException or NotSupportedException or EndOfStreamException)
            {
                throw new DicomIoException("The stream that holds this value is closed or shorter than it was.", error);
            }
        }
    }
}
