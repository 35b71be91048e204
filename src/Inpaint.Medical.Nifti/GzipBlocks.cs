using System.Buffers.Binary;
using System.IO.Compression;

namespace Inpaint.Medical.Nifti;

/// <summary>
/// One gzip member whose deflate blocks are made in parallel (as pigz does): every block of the input is deflated on its own and ends on a
/// byte boundary by a sync flush, so the pieces are joined as they are. The bytes depend on the content alone.
/// </summary>
internal static class GzipBlocks
{
    private const int BlockLength = 1 << 20;

    // Deflate level: on volumes of 16 bit as fast as, and smaller than, the reference tools' level 1.
    private static readonly ZLibCompressionOptions Level = new() { CompressionLevel = 2 };

    // RFC 1952: deflate, no flags, no time, fastest, system unknown.
    private static readonly byte[] Start = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

    // RFC 1951: a final block of fixed codes that holds only its end.
    private static readonly byte[] End = [3, 0];

    /// <summary>Writes a whole file.</summary>
    public static void Write(NiftiFile file, Stream target)
    {
        List<ReadOnlyMemory<byte>> blocks = Split(file);
        target.Write(Start);
        uint crc = 0;
        long length = 0;
        ParallelQuery<byte[]> deflated =
            blocks.AsParallel().AsOrdered().WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(Deflate);
        foreach ((byte[] bytes, ReadOnlyMemory<byte> content) in deflated.AsSequential().Zip(blocks))
        {
            target.Write(bytes);
            crc = Crc32.Append(crc, content.Span);
            length += content.Length;
        }

        target.Write(End);
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)length);
        target.Write(trailer);
    }

    private static List<ReadOnlyMemory<byte>> Split(NiftiFile file)
    {
        var blocks = new List<ReadOnlyMemory<byte>>();
        foreach (ReadOnlyMemory<byte> part in file.Parts())
        {
            for (int at = 0; at < part.Length; at += BlockLength)
            {
                blocks.Add(part.Slice(at, Math.Min(BlockLength, part.Length - at)));
            }
        }

        return blocks;
    }

    private static byte[] Deflate(ReadOnlyMemory<byte> block)
    {
        using var deflated = new MemoryStream(block.Length / 2);
        using var deflate = new DeflateStream(deflated, Level, leaveOpen: true);
        deflate.Write(block.Span);
        deflate.Flush();
        // What disposal would add is the end of the stream, which only the last block may have.
        return deflated.ToArray();
    }
}
