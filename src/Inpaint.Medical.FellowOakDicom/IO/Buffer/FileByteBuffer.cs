using Microsoft.Win32.SafeHandles;

namespace FellowOakDicom.IO.Buffer;

/// <summary>A part of a file. The file is opened for each read, so nothing stays locked; it must still be there.</summary>
public sealed class FileByteBuffer : ByteBufferBase
{
    public FileByteBuffer(IFileReference file, long position, long length)
    {
        File = file ?? throw new ArgumentNullException(nameof(file));
        Position = position;
        Size = length;
    }

    public IFileReference File { get; }

    public long Position { get; }

    public override long Size { get; }

    public override byte[] Data
    {
        get
        {
            if (Size > Array.MaxLength)
            {
                return base.Data;
            }

            var data = GC.AllocateUninitializedArray<byte>((int)Size);
            Read(Position, data);
            return data;
        }
    }

    public override void GetByteRange(long offset, int count, byte[] output)
    {
        CheckRange(Size, offset, count, output);
        Read(Position + offset, output.AsSpan(0, count));
    }

    private void Read(long position, Span<byte> output)
    {
        using SafeFileHandle handle = System.IO.File.OpenHandle(File.Name);
        while (output.Length > 0)
        {
            int read = RandomAccess.Read(handle, output, position);
            if (read == 0)
            {
                throw new DicomIoException(FormattableString.Invariant($"{File.Name} ends at byte {position}, {output.Length} bytes before a value does."));
            }

            position += read;
            output = output[read..];
        }
    }
}
