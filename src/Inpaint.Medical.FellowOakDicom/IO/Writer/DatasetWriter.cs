using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FellowOakDicom.IO.Buffer;
using FellowOakDicom.IO.Reader;

namespace FellowOakDicom.IO.Writer;

/// <summary>Writes datasets (PS3.5 §7): tag order, even lengths for text, delimiters or lengths for sequences as asked for.</summary>
internal sealed class DatasetWriter
{
    private const uint Item = 0xFFFEE000;
    private const uint ItemEnd = 0xFFFEE00D;
    private const uint SequenceEnd = 0xFFFEE0DD;
    private const uint Undefined = 0xFFFFFFFF;

    private readonly Stream _stream;
    private readonly bool _isExplicit;
    private readonly bool _isBigEndian;
    private readonly DicomWriteOptions _options;

    private DatasetWriter(Stream stream, bool isExplicit, bool isBigEndian, DicomWriteOptions options)
    {
        _stream = stream;
        _isExplicit = isExplicit;
        _isBigEndian = isBigEndian;
        _options = options ?? DicomWriteOptions.Default;
    }

    /// <summary>Writes a dataset in the syntax; the stream stays open.</summary>
    /// <exception cref="DicomDataException">Sequences are nested deeper than any reader here accepts, or a value is too long for its length field.</exception>
    public static void Write(Stream stream, DicomDataset dataset, DicomTransferSyntax syntax, DicomWriteOptions options = null)
    {
        if (!syntax.IsDeflate)
        {
            new DatasetWriter(stream, syntax.IsExplicitVR, syntax.Endian == Endian.Big, options).WriteDataset(dataset, null, 0);
            return;
        }

        var counted = new CountingStream(stream);
        using (var deflater = new BufferedStream(new DeflateStream(counted, CompressionLevel.Optimal, leaveOpen: true), 1 << 16))
        {
            new DatasetWriter(deflater, isExplicit: true, isBigEndian: false, options).WriteDataset(dataset, null, 0);
        }

        // PS3.5 §A.5: an odd deflated length is padded with one zero byte.
        if ((counted.Written & 1) == 1)
        {
            stream.WriteByte(0);
        }
    }

    /// <summary>Bytes that <see cref="Write"/> makes of a dataset in a syntax that does not deflate.</summary>
    public static long Measure(DicomDataset dataset, DicomTransferSyntax syntax, DicomWriteOptions options = null) =>
        new DatasetWriter(Stream.Null, syntax.IsExplicitVR, syntax.Endian == Endian.Big, options).LengthOf(dataset, null);

    private void WriteDataset(DicomDataset dataset, Encoding[] inherited, int depth)
    {
        if (depth > ReadLimits.Nesting)
        {
            throw new DicomDataException(FormattableString.Invariant($"Sequences are nested more than {ReadLimits.Nesting} deep."));
        }

        Encoding[] encodings = dataset.GetEncodings(inherited);
        foreach (DicomItem item in dataset)
        {
            if (Skips(item))
            {
                continue;
            }

            switch (item)
            {
                case DicomSequence sequence:
                    WriteSequence(sequence, encodings, depth);
                    break;
                case DicomFragmentSequence fragments:
                    WriteFragments(fragments);
                    break;
                case DicomElement element:
                    WriteElement(element.Tag.Element == 0 && element.Tag.Group > 2 ? GroupLength(dataset, element, encodings) : element, encodings);
                    break;
            }
        }
    }

    private void WriteElement(DicomElement element, Encoding[] encodings)
    {
        IByteBuffer buffer = BytesOf(element, encodings);
        DicomVR vr = element.ValueRepresentation;
        bool pads = vr.IsString && (buffer.Size & 1) == 1;
        long length = buffer.Size + (pads ? 1 : 0);
        if (length >= Undefined)
        {
            throw new DicomDataException(FormattableString.Invariant($"The value of {element.Tag} has {length} bytes, more than a length field holds."));
        }

        // A value too long for a 16-bit length is written as UN (PS3.5 §6.2.2, note 8).
        WriteHeader(element.Tag, vr.Is16bitLength && length > 0xFFFE ? DicomVR.UN : vr, (uint)length);
        WriteBuffer(_isBigEndian && vr.ByteSwap > 1 ? new SwapByteBuffer(buffer, vr.ByteSwap) : buffer);
        if (pads)
        {
            _stream.WriteByte(vr.PaddingValue);
        }
    }

    private void WriteSequence(DicomSequence sequence, Encoding[] encodings, int depth)
    {
        WriteHeader(sequence.Tag, DicomVR.SQ, _options.ExplicitLengthSequences ? Fit(ContentLength(sequence, encodings), sequence.Tag) : Undefined);
        foreach (DicomDataset item in sequence.Items)
        {
            WriteTagAndLength(Item, _options.ExplicitLengthSequenceItems ? Fit(LengthOf(item, encodings), sequence.Tag) : Undefined);
            WriteDataset(item, encodings, depth + 1);
            if (!_options.ExplicitLengthSequenceItems)
            {
                WriteTagAndLength(ItemEnd, 0);
            }
        }

        if (!_options.ExplicitLengthSequences)
        {
            WriteTagAndLength(SequenceEnd, 0);
        }
    }

    private void WriteFragments(DicomFragmentSequence fragments)
    {
        WriteHeader(fragments.Tag, fragments.ValueRepresentation, Undefined);
        WriteTagAndLength(Item, (uint)fragments.OffsetTable.Count * 4);
        Span<byte> number = stackalloc byte[4];
        foreach (uint offset in fragments.OffsetTable)
        {
            Put32(number, offset);
            _stream.Write(number);
        }

        foreach (IByteBuffer fragment in fragments.Fragments)
        {
            WriteTagAndLength(Item, Fit(fragment.Size, fragments.Tag));
            WriteBuffer(fragment);
        }

        WriteTagAndLength(SequenceEnd, 0);
    }

    private void WriteBuffer(IByteBuffer buffer)
    {
        if (buffer.IsMemory)
        {
            _stream.Write(buffer.Data);
            return;
        }

        buffer.CopyToStream(_stream);
    }

    private void WriteHeader(DicomTag tag, DicomVR vr, uint length)
    {
        if (!_isExplicit)
        {
            WriteTagAndLength(tag.Number, length);
            return;
        }

        Span<byte> header = stackalloc byte[12];
        PutTag(header, tag.Number);
        header[4] = (byte)vr.Code[0];
        header[5] = (byte)vr.Code[1];
        if (vr.Is16bitLength)
        {
            Put16(header[6..], (ushort)length);
            _stream.Write(header[..8]);
            return;
        }

        header[6] = header[7] = 0;
        Put32(header[8..], length);
        _stream.Write(header);
    }

    private void WriteTagAndLength(uint tag, uint length)
    {
        Span<byte> header = stackalloc byte[8];
        PutTag(header, tag);
        Put32(header[4..], length);
        _stream.Write(header);
    }

    private long LengthOf(DicomDataset dataset, Encoding[] inherited)
    {
        Encoding[] encodings = dataset.GetEncodings(inherited);
        return dataset.Where(item => !Skips(item)).Sum(item => LengthOf(item, encodings));
    }

    private long LengthOf(DicomItem item, Encoding[] encodings)
    {
        DicomVR vr = item.ValueRepresentation;
        switch (item)
        {
            case DicomSequence sequence:
                return HeaderLength(vr) + ContentLength(sequence, encodings) + (_options.ExplicitLengthSequences ? 0 : 8);
            case DicomFragmentSequence fragments:
                return HeaderLength(vr) + 16 + (4L * fragments.OffsetTable.Count) + fragments.Fragments.Sum(fragment => 8 + fragment.Size);
            default:
                long size = BytesOf((DicomElement)item, encodings).Size;
                return (vr.Is16bitLength && size > 0xFFFE ? HeaderLength(DicomVR.UN) : HeaderLength(vr)) + size + (vr.IsString ? size & 1 : 0);
        }
    }

    private long ContentLength(DicomSequence sequence, Encoding[] encodings) =>
        sequence.Items.Sum(item => 8 + LengthOf(item, encodings) + (_options.ExplicitLengthSequenceItems ? 0 : 8));

    private int HeaderLength(DicomVR vr) => _isExplicit && !vr.Is16bitLength ? 12 : 8;

    private DicomUnsignedLong GroupLength(DicomDataset dataset, DicomElement element, Encoding[] encodings) =>
        new DicomUnsignedLong(element.Tag, (uint)dataset.EnumerateGroup(element.Tag.Group).Sum(item => LengthOf(item, encodings)));

    private bool Skips(DicomItem item) => item.Tag.Element == 0 && item.Tag.Group > 2 && !_options.KeepGroupLengths;

    private static IByteBuffer BytesOf(DicomElement element, Encoding[] encodings)
    {
        if (element is DicomStringElement text && element.ValueRepresentation.IsStringEncoded)
        {
            text.TargetEncodings = encodings;
        }

        return element.Buffer;
    }

    private static uint Fit(long length, DicomTag tag) =>
        length < Undefined ? (uint)length
            : throw new DicomDataException(FormattableString.Invariant($"{tag} has {length} bytes, more than a length field holds."));

    private void PutTag(Span<byte> bytes, uint tag)
    {
        Put16(bytes, (ushort)(tag >> 16));
        Put16(bytes[2..], (ushort)tag);
    }

    private void Put16(Span<byte> bytes, ushort value)
    {
        if (_isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }
    }

    private void Put32(Span<byte> bytes, uint value)
    {
        if (_isBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Written { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            Written += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
