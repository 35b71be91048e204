using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Shared;
using Inpaint.Medical.Storage.Ledger;
using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Storage.Intake;

/// <summary>
/// The log of arrivals: a file of fixed size, written once in full, that arriving objects are written into as their bytes come.
/// Overwriting blocks that exist takes one sync of data and none of names and sizes, which is what makes an acknowledgement cheap. The
/// place of an object is free again once its file and its row are durable.
/// </summary>
/// <remarks>
/// The first block holds the key of this file (32 bytes, random, so that no peer can forge a record inside an object) and the format.
/// Segments of equal length follow. An object takes as many as it needs, in any order; the first block of its first one is its record:
/// key, SHA-256 of the rest (32), length of the row (4), of the object (8), offset of its data set (4), number of segments (4),
/// XXH128 of the object (16), the segments (4 each), the row as JSON. What does not check out is what was never acknowledged, or is free.
/// </remarks>
internal sealed class ArrivalLog : IDisposable
{
    private const int KeyLength = 32;
    private const int DigestEnd = KeyLength + 32;
    private const int PrefixLength = DigestEnd + 36;

    // An object may take this part of the log; a larger one goes to a file of its own.
    private const int LargestShare = 4;
    private static readonly byte[] Format = "arrivals 2"u8.ToArray();

    private readonly SafeFileHandle _file;
    private readonly byte[] _key;
    private readonly int _count;
    private readonly GroupSync _sync;
    private readonly Lock _lock = new();
    private readonly Queue<int> _free;

    private ArrivalLog(SafeFileHandle file, byte[] key, int count)
    {
        _file = file;
        _key = key;
        _count = count;
        _free = new Queue<int>(Enumerable.Range(0, count));
        _sync = new GroupSync(() => DurableFolder.SyncData(file));
    }

    /// <summary>Bytes of a block: what a disk writes whole or not at all, or a multiple of it.</summary>
    internal const int Block = 4096;

    /// <summary>Bytes of a segment. A slice of 256² or 340² takes one.</summary>
    internal const int Segment = 64 * Block;

    /// <summary>Opens the file, or writes a new one.</summary>
    /// <param name="size">Bytes of a new one.</param>
    /// <returns>Null where there is no room for it.</returns>
    /// <exception cref="InpaintException">Another version wrote the file, and may have acknowledged objects that are only there.</exception>
    public static ArrivalLog? Open(string path, long size)
    {
        if (!File.Exists(path) && !TryCreate(path, size))
        {
            return null;
        }

        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        byte[] head = new byte[KeyLength + Format.Length];
        RandomAccess.Read(file, head, 0);
        if (!head.AsSpan(KeyLength).SequenceEqual(Format))
        {
            file.Dispose();
            throw new InpaintException(
                ErrorCode.OutputNotWritable,
                $"{path} was written by another version, and may hold acknowledged objects: start and stop that version once, then remove the file.");
        }

        return new ArrivalLog(file, head[..KeyLength], (int)((RandomAccess.GetLength(file) - Block) / Segment));
    }

    private static bool TryCreate(string path, long size)
    {
        string unfinished = path + ".new";
        try
        {
            using (FileStream file = File.Create(unfinished))
            {
                file.Write(RandomNumberGenerator.GetBytes(KeyLength));
                file.Write(Format);
                file.Position = Block;
                byte[] zeros = new byte[Segment];
                while (file.Length + Segment <= size)
                {
                    file.Write(zeros);
                }

                file.Flush(flushToDisk: true);
            }

            DurableFolder.Publish(unfinished, path);
            return true;
        }
        catch (IOException)
        {
            File.Delete(unfinished);
            return false;
        }
    }

    /// <summary>Bytes in use.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_lock)
            {
                return (long)(_count - _free.Count) * Segment;
            }
        }
    }

    /// <summary>Little enough is free that objects should get their files soon.</summary>
    public bool IsHalfFull => HeldBytes > (long)_count * Segment / 2;

    /// <summary>A place for an object whose size is not known yet.</summary>
    public LogPlace Begin() => new(this, _file);

    /// <summary>One more segment for a place that has <paramref name="held"/>.</summary>
    internal bool TryTake(int held, out int segment)
    {
        lock (_lock)
        {
            segment = -1;
            return held < Math.Max(1, _count / LargestShare) && _free.TryDequeue(out segment);
        }
    }

    internal void Return(IEnumerable<int> segments)
    {
        lock (_lock)
        {
            foreach (int segment in segments)
            {
                _free.Enqueue(segment);
            }
        }
    }

    /// <summary>Makes an object, whose bytes are in its place, and its row durable.</summary>
    /// <exception cref="IOException">Not durable, and not to be tried again.</exception>
    public async Task CommitAsync(LogPlace place, ArrivedInstance row, UInt128 checksum)
    {
        byte[] record = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            int length = WriteRecord(record, place, row, checksum);
            RandomAccess.Write(_file, record.AsSpan(0, length), LogPlace.Start(place.Segments[0]));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
        }

        await _sync.SyncAsync().ConfigureAwait(false);
    }

    private int WriteRecord(Span<byte> record, LogPlace place, ArrivedInstance row, UInt128 checksum)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(row);
        ReadOnlySpan<byte> segments = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(place.Segments));
        Span<byte> fields = record[DigestEnd..];
        BinaryPrimitives.WriteInt32LittleEndian(fields, json.Length);
        BinaryPrimitives.WriteInt64LittleEndian(fields[4..], place.Length);
        BinaryPrimitives.WriteInt32LittleEndian(fields[12..], place.DatasetOffset);
        BinaryPrimitives.WriteInt32LittleEndian(fields[16..], place.Segments.Count);
        BinaryPrimitives.WriteUInt128LittleEndian(fields[20..], checksum);
        segments.CopyTo(record[PrefixLength..]);
        json.CopyTo(record[(PrefixLength + segments.Length)..]);
        int length = PrefixLength + segments.Length + json.Length;
        _key.CopyTo(record);
        SHA256.HashData(record[DigestEnd..length], record[KeyLength..DigestEnd]);
        return length;
    }

    /// <summary>All records, oldest first; free ones among them, whose objects may be gone. Before the first object begins only.</summary>
    public IReadOnlyList<LogRecord> Records()
    {
        var records = new List<LogRecord>();
        byte[] block = new byte[Block];
        for (int segment = 0; segment < _count; segment++)
        {
            RandomAccess.Read(_file, block, LogPlace.Start(segment));
            if (block.AsSpan(0, KeyLength).SequenceEqual(_key) && Read(block) is { } record)
            {
                records.Add(record);
            }
        }

        return [.. records.OrderBy(record => record.Row.ReceivedUtc)];
    }

    private LogRecord? Read(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> fields = block[DigestEnd..];
        int jsonLength = BinaryPrimitives.ReadInt32LittleEndian(fields);
        int segments = BinaryPrimitives.ReadInt32LittleEndian(fields[16..]);
        if (jsonLength is < 0 or > Block || segments is < 1 or > Block || PrefixLength + (segments * sizeof(int)) + jsonLength > Block)
        {
            return null;
        }

        int jsonStart = PrefixLength + (segments * sizeof(int));
        if (!SHA256.HashData(block[DigestEnd..(jsonStart + jsonLength)]).AsSpan().SequenceEqual(block[KeyLength..DigestEnd]))
        {
            return null;
        }

        var place = new LogPlace(this, _file, MemoryMarshal.Cast<byte, int>(block[PrefixLength..jsonStart]))
        {
            Length = BinaryPrimitives.ReadInt64LittleEndian(fields[4..]),
            DatasetOffset = BinaryPrimitives.ReadInt32LittleEndian(fields[12..]),
        };
        var row = JsonSerializer.Deserialize<ArrivedInstance>(block.Slice(jsonStart, jsonLength))!;
        return new LogRecord(row, place, BinaryPrimitives.ReadUInt128LittleEndian(fields[20..]));
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>The record of an object in the log.</summary>
internal sealed record LogRecord(ArrivedInstance Row, LogPlace Place, UInt128 Checksum)
{
    /// <summary>The object is the one that the record was written for. If not, it was never acknowledged, or its place was free.</summary>
    public bool IsWhole()
    {
        var hash = new XxHash128();
        using Stream content = Place.Open();
        hash.Append(content);
        return hash.GetCurrentHashAsUInt128() == Checksum;
    }
}
