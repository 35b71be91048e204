using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Inpaint.Medical.Shared;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Microsoft.Win32.SafeHandles;

namespace Inpaint.Medical.Storage.Intake;

/// <summary>
/// The ledger's log of arrivals: a file of fixed size, written once in full, in which the records of arrived objects - row and bytes -
/// follow each other in a ring. Overwriting blocks that exist takes one sync of data and none of names and sizes, which is what makes
/// an acknowledgement cheap. A record's place is free again once its object and its row are durable elsewhere.
/// </summary>
/// <remarks>
/// A record begins on a block: key of this file (32 bytes, random, so that no peer can forge a record inside an object), length of the
/// row (4), of the object (8), offset of its data set (4), SHA-256 of these, the row and the object's header (32), the row as JSON, the
/// object. The row holds the SHA-256 of the data set. What does not check out is what was never acknowledged, or is free.
/// </remarks>
internal sealed class IntakeJournal : IDisposable
{
    private const int Block = 4096;
    private const int KeyLength = 32;
    private const int LengthsEnd = KeyLength + 16;
    private const int PrefixLength = LengthsEnd + 32;
    private const int CopyBuffer = 1 << 18;

    private readonly SafeFileHandle _file;
    private readonly byte[] _key;
    private readonly long _capacity;
    private readonly GroupSync _sync;
    private readonly Lock _lock = new();
    private readonly Queue<Place> _held = [];
    private long _head = Block;

    private IntakeJournal(SafeFileHandle file, byte[] key)
    {
        _file = file;
        _key = key;
        _capacity = RandomAccess.GetLength(file) / Block * Block;
        _sync = new GroupSync(() => DurableFolder.SyncData(file));
    }

    /// <summary>Opens the file, or writes a new one.</summary>
    /// <param name="size">Bytes of a new one.</param>
    /// <returns>Null where there is no room for it.</returns>
    public static IntakeJournal? Open(string path, long size)
    {
        if (!File.Exists(path) && !TryCreate(path, size))
        {
            return null;
        }

        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        byte[] key = new byte[KeyLength];
        RandomAccess.Read(file, key, 0);
        return new IntakeJournal(file, key);
    }

    private static bool TryCreate(string path, long size)
    {
        string unfinished = path + ".new";
        try
        {
            using (FileStream file = File.Create(unfinished))
            {
                file.Write(RandomNumberGenerator.GetBytes(KeyLength));
                file.Position = Block;
                byte[] zeros = new byte[1 << 20];
                while (file.Length < size)
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

    /// <summary>Makes an object and its row durable.</summary>
    /// <param name="datasetOffset">Where the part of the object begins that the row's digest is of, bytes.</param>
    /// <returns>Null when there is no room; nothing is durable then.</returns>
    /// <exception cref="IOException">Not durable, and not to be tried again.</exception>
    public async Task<Place?> TryAppendAsync(LedgerInstance row, SafeFileHandle source, int datasetOffset)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(row);
        long length = RandomAccess.GetLength(source);
        if (Reserve(PrefixLength + json.Length + length) is not { } place)
        {
            return null;
        }

        Write(place.Offset, json, source, length, datasetOffset);
        await _sync.SyncAsync().ConfigureAwait(false);
        return place;
    }

    private void Write(long at, byte[] json, SafeFileHandle source, long length, int datasetOffset)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PrefixLength + json.Length + CopyBuffer);
        try
        {
            int filled = PrefixLength + json.Length;
            json.CopyTo(buffer.AsSpan(PrefixLength));
            long read = RandomAccess.Read(source, buffer.AsSpan(filled), 0);
            filled += (int)read;
            WritePrefix(buffer, json.Length, length, datasetOffset);
            RandomAccess.Write(_file, buffer.AsSpan(0, filled), at);
            at += filled;
            while (read < length)
            {
                int more = RandomAccess.Read(source, buffer, read);
                RandomAccess.Write(_file, buffer.AsSpan(0, more), at);
                read += more;
                at += more;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void WritePrefix(Span<byte> record, int jsonLength, long length, int datasetOffset)
    {
        _key.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record[KeyLength..], jsonLength);
        BinaryPrimitives.WriteInt64LittleEndian(record[(KeyLength + 4)..], length);
        BinaryPrimitives.WriteInt32LittleEndian(record[(KeyLength + 12)..], datasetOffset);
        Digest(record, jsonLength + datasetOffset).CopyTo(record[LengthsEnd..]);
    }

    private static byte[] Digest(ReadOnlySpan<byte> record, int rowAndHeader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(record[KeyLength..LengthsEnd]);
        hash.AppendData(record.Slice(PrefixLength, rowAndHeader));
        return hash.GetHashAndReset();
    }

    private Place? Reserve(long bytes)
    {
        long length = (bytes + Block - 1) / Block * Block;
        lock (_lock)
        {
            if (_held.Count == 0)
            {
                _head = Block;
            }

            long tail = _held.Count == 0 ? _capacity : _held.Peek().Offset;
            bool isWrapped = _held.Count > 0 && _head <= tail;
            if (!isWrapped && _head + length > _capacity && _held.Count > 0)
            {
                _head = Block;
                isWrapped = true;
            }

            // In a wrapped ring the head must not meet the tail: that would look empty.
            if (_head + length > (isWrapped ? tail - Block : _capacity))
            {
                return null;
            }

            var place = new Place(_head);
            _held.Enqueue(place);
            _head += length;
            return place;
        }
    }

    /// <summary>Little enough is free that records should be released soon.</summary>
    public bool IsHalfFull
    {
        get
        {
            lock (_lock)
            {
                long tail = _held.Count == 0 ? _head : _held.Peek().Offset;
                return (_head >= tail ? _head - tail : _head - tail + _capacity) > _capacity / 2;
            }
        }
    }

    /// <summary>The record is not needed any more.</summary>
    public void Release(Place place)
    {
        lock (_lock)
        {
            place.IsFree = true;
            while (_held.TryPeek(out Place? oldest) && oldest.IsFree)
            {
                _held.Dequeue();
            }
        }
    }

    /// <summary>All rows whose records check out but for the data set, oldest first; free ones among them. Before the first append only.</summary>
    public IReadOnlyList<JournalRecord> Records()
    {
        var records = new List<JournalRecord>();
        byte[] prefix = new byte[PrefixLength];
        for (long at = Block; at + PrefixLength <= _capacity; at += Block)
        {
            RandomAccess.Read(_file, prefix, at);
            if (prefix.AsSpan(0, KeyLength).SequenceEqual(_key) && Read(at, prefix) is { } record)
            {
                records.Add(record);
            }
        }

        return [.. records.OrderBy(record => record.Row.ReceivedUtc)];
    }

    private JournalRecord? Read(long at, ReadOnlySpan<byte> prefix)
    {
        int jsonLength = BinaryPrimitives.ReadInt32LittleEndian(prefix[KeyLength..]);
        long length = BinaryPrimitives.ReadInt64LittleEndian(prefix[(KeyLength + 4)..]);
        int datasetOffset = BinaryPrimitives.ReadInt32LittleEndian(prefix[(KeyLength + 12)..]);
        long room = _capacity - at - PrefixLength;
        if (jsonLength < 0 || datasetOffset < 0 || length < datasetOffset || length > room || jsonLength + length > room
            || jsonLength + (long)datasetOffset > CopyBuffer)
        {
            return null;
        }

        byte[] record = new byte[PrefixLength + jsonLength + datasetOffset];
        RandomAccess.Read(_file, record, at);
        return Digest(record, jsonLength + datasetOffset).AsSpan().SequenceEqual(prefix[LengthsEnd..])
            ? new JournalRecord(
                JsonSerializer.Deserialize<LedgerInstance>(record.AsSpan(PrefixLength, jsonLength))!,
                at + PrefixLength + jsonLength, length, datasetOffset)
            : null;
    }

    /// <summary>Writes a record's object to <paramref name="staged"/>.</summary>
    /// <returns>Whether the data set is the one that was acknowledged.</returns>
    public bool Restore(JournalRecord record, StagedObject staged)
    {
        byte[] buffer = new byte[CopyBuffer];
        for (long done = 0; done < record.Length;)
        {
            long end = done < record.DatasetOffset ? record.DatasetOffset : record.Length;
            int read = RandomAccess.Read(_file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - done)), record.Offset + done);
            if (done == record.DatasetOffset)
            {
                staged.BeginDataset();
            }

            staged.Write(buffer.AsSpan(0, read));
            done += read;
        }

        staged.Flush();
        return !staged.IsDiskFull && staged.ContentSha256() == record.Row.ContentSha256;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Where a record is.</summary>
    internal sealed class Place(long offset)
    {
        public long Offset { get; } = offset;

        public bool IsFree { get; set; }
    }
}

/// <summary>A row of the journal, and where its object is in it, bytes.</summary>
internal sealed record JournalRecord(LedgerInstance Row, long Offset, long Length, int DatasetOffset);
