using FellowOakDicom.IO;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Data;

/// <summary>Every buffer gives the same bytes whole, in ranges and to a stream.</summary>
public class ByteBufferTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 251).Select(value => (byte)value)];

    public static TheoryData<string> Kinds => ["memory", "file", "stream", "range", "composite", "even", "swap", "endian", "lazy", "temporary", "bulk"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task RangesAndStreamsGiveWhatTheWholeGives(string kind)
    {
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, [9, 9, .. Bytes, 9]);
        using var stream = new MemoryStream([9, 9, .. Bytes, 9]);
        (IByteBuffer buffer, byte[] expected) = Make(kind, path, stream);

        using MemoryStream copy = new(), copyAsync = new();
        buffer.CopyToStream(copy);
        await buffer.CopyToStreamAsync(copyAsync, CancellationToken.None);
        var part = new byte[40];
        buffer.GetByteRange(101, 37, part);

        Assert.Equal(expected.Length, buffer.Size);
        Assert.Equal(expected, buffer.Data);
        Assert.Equal(expected, copy.ToArray());
        Assert.Equal(expected, copyAsync.ToArray());
        Assert.Equal(expected[101..138], part[..37]);
        File.Delete(path);
    }

    [Fact]
    public void AFileThatBecameShorterIsAnError()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[10]);

        Assert.Throws<DicomIoException>(() => new FileByteBuffer(new FileReference(path), 5, 10).Data);
        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => new FileByteBuffer(new FileReference(path), 0, 10).Data);
    }

    [Fact]
    public void ARangeBeyondTheEndIsAnError() =>
        Assert.Throws<DicomIoException>(() => new RangeByteBuffer(new MemoryByteBuffer(Bytes), 0, 10).GetByteRange(5, 6, new byte[6]));

    private static (IByteBuffer Buffer, byte[] Expected) Make(string kind, string path, Stream stream)
    {
        var memory = new MemoryByteBuffer(Bytes);
        byte[] swapped = [.. Bytes];
        Endian.SwapBytes(2, swapped);
        return kind switch
        {
            "memory" => (memory, Bytes),
            "file" => (new FileByteBuffer(new FileReference(path), 2, Bytes.Length), Bytes),
            "stream" => (new StreamByteBuffer(stream, 2, Bytes.Length), Bytes),
            "range" => (new RangeByteBuffer(memory, 3, 200), Bytes[3..203]),
            "composite" => (new CompositeByteBuffer(new RangeByteBuffer(memory, 0, 110), EmptyBuffer.Value, new RangeByteBuffer(memory, 110, 141)), Bytes),
            "even" => (EvenLengthBuffer.Create(memory), [.. Bytes, 0]),
            "swap" => (new SwapByteBuffer(memory, 2), swapped),
            "endian" => (EndianByteBuffer.Create(memory, Endian.Big, 2), swapped),
            "lazy" => (new LazyByteBuffer(() => Bytes), Bytes),
            "temporary" => (new TempFileBuffer(Bytes), Bytes),
            _ => (new BulkDataUriByteBuffer("https://example.org") { Data = Bytes }, Bytes),
        };
    }
}
