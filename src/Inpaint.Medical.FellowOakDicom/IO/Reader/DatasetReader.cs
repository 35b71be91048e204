using System.Buffers.Binary;
using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.IO.Reader;

/// <summary>How a dataset ended.</summary>
internal enum ReadEnd
{
    Complete,

    /// <summary>The source ended within an element or sequence.</summary>
    Truncated,

    /// <summary>The callback stopped it.</summary>
    Stopped,
}

/// <summary>
/// Reads one dataset (PS3.5 §7). Sequences are kept on a stack of its own, not the thread's, and every length is compared with the bytes
/// that are left before anything is done with it, so the memory used is bounded by the input's size.
/// </summary>
internal sealed class DatasetReader
{
    private const uint Item = 0xFFFEE000;
    private const uint ItemEnd = 0xFFFEE00D;
    private const uint SequenceEnd = 0xFFFEE0DD;
    private const uint Undefined = 0xFFFFFFFF;
    private const int DefaultLargeSize = 64 * 1024;

    private readonly ByteSource _source;
    private readonly Stack<Level> _levels = new();
    private readonly FileReadOption _option;
    private readonly int _largeSize;
    private readonly Func<ParseState, bool> _stop;
    private Level _level;
    private int _elements;
    private DicomTag _previous;

    public DatasetReader(ByteSource source, FileReadOption option = FileReadOption.ReadAll, int largeObjectSize = 0, Func<ParseState, bool> stop = null)
    {
        _source = source;
        _option = option == FileReadOption.Default ? FileReadOption.ReadLargeOnDemand : option;
        _option = _option == FileReadOption.ReadLargeOnDemand && !source.CanReturn ? FileReadOption.ReadAll : _option;
        _largeSize = largeObjectSize <= 0 ? DefaultLargeSize : largeObjectSize;
        _stop = stop;
    }

    /// <summary>Reads a whole dataset, such as the data part of a DIMSE message, into memory.</summary>
    /// <exception cref="DicomReaderException">The bytes are not a dataset in this syntax.</exception>
    public static DicomDataset ReadAll(Stream stream, DicomTransferSyntax syntax, Encoding fallback = null)
    {
        var dataset = new DicomDataset(syntax);
        using var source = new ByteSource(stream);
        ReadEnd end = new DatasetReader(source).Read(dataset, syntax, fallback);
        return end == ReadEnd.Complete ? dataset
            : throw new DicomReaderException(FormattableString.Invariant($"The dataset ends within an element, at byte {source.Position}."));
    }

    /// <summary>Reads items into the dataset until the source ends.</summary>
    /// <param name="dataset">Filled; keeps what was read if reading ends early.</param>
    /// <param name="syntax">The encoding; deflated data is inflated here.</param>
    /// <param name="fallback">Character set where the dataset names none.</param>
    /// <exception cref="DicomReaderException">The bytes are not a dataset in this syntax, or ask for more than <see cref="ReadLimits"/>.</exception>
    public ReadEnd Read(DicomDataset dataset, DicomTransferSyntax syntax, Encoding fallback)
    {
        if (!syntax.IsDeflate)
        {
            return Read(dataset, syntax.IsExplicitVR, syntax.Endian == Endian.Big, fallback, onlyGroup: null);
        }

        using var inflated = new InflatingStream(_source.AsStream(), _source.Remaining);
        using var source = new ByteSource(inflated);
        return new DatasetReader(source, _option, _largeSize, _stop).Read(dataset, isExplicit: true, isBigEndian: false, fallback, onlyGroup: null);
    }

    /// <param name="onlyGroup">Reading ends before the first element of another group.</param>
    public ReadEnd Read(DicomDataset dataset, bool isExplicit, bool isBigEndian, Encoding fallback, ushort? onlyGroup)
    {
        Encoding[] encodings = fallback is null || fallback.CodePage == DicomEncoding.Default.CodePage ? DicomEncoding.DefaultArray : [fallback];
        dataset.FallbackEncodings = ReferenceEquals(encodings, DicomEncoding.DefaultArray) ? null : encodings;
        _level = new Level
        {
            Dataset = dataset, End = long.MaxValue, IsExplicit = isExplicit, IsBigEndian = isBigEndian, Encodings = encodings, Tag = null,
        };
        while (true)
        {
            if (_source.Position >= _level.End)
            {
                CheckEnd();
                _level = _levels.Pop();
                continue;
            }

            ReadEnd? end = _level.Sequence is not null ? ReadItemHeader() : ReadElement(onlyGroup);
            if (end is not null)
            {
                return end.Value;
            }
        }
    }

    private ReadEnd? ReadElement(ushort? onlyGroup)
    {
        if (!_source.TryPeek(8, out ReadOnlySpan<byte> header))
        {
            return _source.IsAtEnd && _levels.Count == 0 ? ReadEnd.Complete
                : _levels.Count == 0 && IsPadding() ? ReadEnd.Complete : ReadEnd.Truncated;
        }

        uint number = ReadTag(header);
        if (onlyGroup is { } group && number >> 16 != group)
        {
            return ReadEnd.Complete;
        }

        if (number >> 16 == 0xFFFE)
        {
            return EndItem(number);
        }

        var tag = MakeTag(number);
        if (_stop is not null && _stop(new ParseState { PreviousTag = _previous, Tag = tag, SequenceDepth = _levels.Count / 2 }))
        {
            return ReadEnd.Stopped;
        }

        _previous = tag;
        Count();
        if (!TryReadVrAndLength(tag, header, out DicomVR vr, out uint length, out bool wasUnknown))
        {
            return ReadEnd.Truncated;
        }

        return length == Undefined ? BeginUndefined(tag, vr, wasUnknown)
            : vr == DicomVR.SQ ? BeginSequence(tag, _source.Position + length, wasUnknown)
            : ReadValue(tag, vr, length);
    }

    /// <summary>Passes over the header. In explicit VR its form depends on the VR (PS3.5 §7.1.2).</summary>
    private bool TryReadVrAndLength(DicomTag tag, ReadOnlySpan<byte> header, out DicomVR vr, out uint length, out bool wasUnknown)
    {
        vr = null;
        wasUnknown = false;
        if (!_level.IsExplicit)
        {
            length = Read32(header[4..]);
            _source.Advance(8);
            vr = ImplicitVr(tag);
            return true;
        }

        vr = DicomVR.FromLetters(header[4], header[5]);
        if (vr is null)
        {
            return TryReadOddHeader(tag, header, out vr, out length);
        }

        if (vr.Is16bitLength)
        {
            length = Read16(header[6..]);
            _source.Advance(8);
            return true;
        }

        if (!_source.TryPeek(12, out header))
        {
            length = 0;
            return false;
        }

        length = Read32(header[8..]);
        _source.Advance(12);
        if (vr == DicomVR.UN)
        {
            vr = KnownVr(tag) ?? vr;
            wasUnknown = true;
        }

        return true;
    }

    /// <summary>
    /// Letters that are no VR: a VR of a later edition has 32-bit lengths; "??" and the like 16-bit ones; anything else is an element
    /// that was written with implicit VR into an explicit dataset.
    /// </summary>
    private bool TryReadOddHeader(DicomTag tag, ReadOnlySpan<byte> header, out DicomVR vr, out uint length)
    {
        bool hasLetters = char.IsAsciiLetterUpper((char)header[4]) && char.IsAsciiLetterUpper((char)header[5]);
        vr = KnownVr(tag) ?? DicomVR.UN;
        if (hasLetters && _source.TryPeek(12, out ReadOnlySpan<byte> extended) && extended[6] == 0 && extended[7] == 0)
        {
            length = Read32(extended[8..]);
            _source.Advance(12);
            return true;
        }

        length = Read32(header[4..]);
        bool isImplicit = !hasLetters && (length == Undefined || length <= Math.Min(_source.Remaining, _level.End - _source.Position) - 8)
            && !(header[4] == '?' && header[5] == '?');
        if (!isImplicit)
        {
            length = Read16(header[6..]);
        }

        _source.Advance(8);
        return true;
    }

    private ReadEnd? ReadValue(DicomTag tag, DicomVR vr, uint length)
    {
        if (length > _source.Remaining)
        {
            return ReadEnd.Truncated;
        }

        if (length > _level.End - _source.Position)
        {
            throw Error(tag, FormattableString.Invariant($"a value of {length} bytes ends beyond the item that holds it, at byte {_level.End}"));
        }

        if (length >= _largeSize && _option == FileReadOption.SkipLargeTags)
        {
            return _source.TrySkip(length) ? null : ReadEnd.Truncated;
        }

        if (!TryReadBuffer(length, out IByteBuffer buffer))
        {
            return ReadEnd.Truncated;
        }

        if (_level.IsBigEndian && vr.ByteSwap > 1)
        {
            buffer = Swap(buffer, vr.ByteSwap);
        }

        DicomElement element = DicomItemFactory.FromBytes(vr, tag, buffer, _level.Encodings);
        _level.Dataset.Append(element);
        if (tag.Number == 0x00080005)
        {
            _level.Encodings = _level.Dataset.GetEncodings(_level.Encodings);
        }

        return null;
    }

    private bool TryReadBuffer(uint length, out IByteBuffer buffer)
    {
        buffer = EmptyBuffer.Value;
        if (length == 0)
        {
            return true;
        }

        if (length >= _largeSize && _option == FileReadOption.ReadLargeOnDemand && _source.CanReturn)
        {
            long position = _source.Position;
            buffer = _source.Later(position, length);
            return _source.TrySkip(length);
        }

        if (!_source.TryRead(length, out byte[] bytes))
        {
            return false;
        }

        buffer = new MemoryByteBuffer(bytes);
        return true;
    }

    private ReadEnd? BeginUndefined(DicomTag tag, DicomVR vr, bool wasUnknown)
    {
        bool holdsFragments = vr == DicomVR.OB || vr == DicomVR.OW;
        return holdsFragments && !wasUnknown ? ReadFragments(tag, vr)
            : BeginSequence(tag, long.MaxValue, wasUnknown || vr == DicomVR.UN);
    }

    private ReadEnd? BeginSequence(DicomTag tag, long end, bool isImplicit)
    {
        if (_levels.Count >= 2 * ReadLimits.Nesting)
        {
            throw Error(tag, FormattableString.Invariant($"sequences are nested more than {ReadLimits.Nesting} deep"));
        }

        if (end != long.MaxValue && end > _level.End)
        {
            throw Error(tag, FormattableString.Invariant($"a sequence ends at byte {end}, beyond the item that holds it, at byte {_level.End}"));
        }

        var items = new List<DicomDataset>();
        _level.Dataset.Append(DicomSequence.Of(tag, items));
        _levels.Push(_level);

        // Within a value of VR UN everything is implicit little endian, whatever the syntax of the file (PS3.5 §6.2.2).
        _level = new Level
        {
            Dataset = _level.Dataset, Parent = _level, Sequence = items, End = end, Tag = tag, Encodings = _level.Encodings,
            IsExplicit = _level.IsExplicit && !isImplicit, IsBigEndian = _level.IsBigEndian && !isImplicit,
        };
        return null;
    }

    private ReadEnd? ReadItemHeader()
    {
        if (!_source.TryPeek(8, out ReadOnlySpan<byte> header))
        {
            return ReadEnd.Truncated;
        }

        uint number = ReadTag(header);
        uint length = Read32(header[4..]);
        if (number == SequenceEnd)
        {
            _source.Advance(8);
            _level = _levels.Pop();
            return null;
        }

        if (number == ItemEnd)
        {
            _source.Advance(8);
            return null;
        }

        if (number != Item)
        {
            throw Error(_level.Tag, $"expected an item or the end of the sequence, found tag {new DicomTag(number)}");
        }

        Count();
        _source.Advance(8);
        long end = length == Undefined ? long.MaxValue : _source.Position + length;
        if (end != long.MaxValue && end > _level.End)
        {
            throw Error(_level.Tag, FormattableString.Invariant($"an item of {length} bytes ends beyond its sequence, at byte {_level.End}"));
        }

        var dataset = new DicomDataset(_level.Dataset.InternalTransferSyntax);
        dataset.FallbackEncodings = ReferenceEquals(_level.Encodings, DicomEncoding.DefaultArray) ? null : _level.Encodings;
        _level.Sequence.Add(dataset);
        _levels.Push(_level);
        _level = new Level
        {
            Dataset = dataset, Parent = _level, End = Math.Min(end, _level.End), Tag = _level.Tag, Encodings = _level.Encodings,
            IsExplicit = _level.IsExplicit, IsBigEndian = _level.IsBigEndian,
        };
        return null;
    }

    /// <summary>An item or sequence delimiter where an element is expected.</summary>
    private ReadEnd? EndItem(uint number)
    {
        // A delimiter that nothing opened: some writers end items of defined length with one. It has no content.
        if (number == SequenceEnd && _levels.Count > 0)
        {
            _level = _levels.Pop();
            return null;
        }

        if (number == Item || (number != ItemEnd && number != SequenceEnd))
        {
            throw Error(_level.Tag, $"tag {new DicomTag(number)} stands where an element is expected");
        }

        _source.Advance(8);
        if (_levels.Count > 0)
        {
            _level = _levels.Pop();
        }

        return null;
    }

    /// <summary>Encapsulated pixel data (PS3.5 §A.4): the first item holds the offset table.</summary>
    private ReadEnd? ReadFragments(DicomTag tag, DicomVR vr)
    {
        DicomFragmentSequence fragments = vr == DicomVR.OW ? new DicomOtherWordFragment(tag) : new DicomOtherByteFragment(tag);
        for (bool isFirst = true; ; isFirst = false)
        {
            if (!_source.TryPeek(8, out ReadOnlySpan<byte> header))
            {
                return ReadEnd.Truncated;
            }

            uint number = ReadTag(header);
            uint length = Read32(header[4..]);
            _source.Advance(8);
            if (number == SequenceEnd)
            {
                _level.Dataset.Append(fragments);
                return null;
            }

            if (number != Item || length == Undefined)
            {
                throw Error(tag, $"expected a fragment or the end of the fragments, found tag {new DicomTag(number)}");
            }

            Count();
            if (length > _source.Remaining || !TryReadBuffer(length, out IByteBuffer buffer))
            {
                return ReadEnd.Truncated;
            }

            if (isFirst)
            {
                fragments.OffsetTable = ReadOffsets(buffer.Data);
            }
            else
            {
                fragments.Fragments.Add(buffer);
            }
        }
    }

    private List<uint> ReadOffsets(byte[] bytes)
    {
        var offsets = new List<uint>(bytes.Length / 4);
        for (int i = 0; i + 4 <= bytes.Length; i += 4)
        {
            offsets.Add(Read32(bytes.AsSpan(i)));
        }

        return offsets;
    }

    private DicomTag MakeTag(uint number)
    {
        if ((number & 0x10000) == 0)
        {
            return new DicomTag(number);
        }

        uint element = number & 0xFFFF;
        return element <= 0xFF ? new DicomTag(number) : new DicomTag(number, CreatorOf((number & 0xFFFF0000) | (element >> 8)));
    }

    /// <summary>The creator that reserved a block; elements of a block follow each other, so the last answer is kept.</summary>
    private DicomPrivateCreator CreatorOf(uint number)
    {
        if (_level.CreatorNumber == number)
        {
            return _level.Creator;
        }

        string name = _level.Dataset.FindStored(number) is DicomElement { Length: > 0 and <= 128 } owner ? owner.Get<string>() : "";
        if (name.Length == 0)
        {
            return null;
        }

        _level.CreatorNumber = number;
        return _level.Creator = new DicomPrivateCreator(name);
    }

    private DicomVR ImplicitVr(DicomTag tag) => KnownVr(tag) ?? DicomVR.UN;

    /// <summary>The dictionary's VR; where it allows several, the one that the pixel description implies (PS3.5 §A.1, PS3.6 §6).</summary>
    private DicomVR KnownVr(DicomTag tag)
    {
        if (tag.IsPrivate)
        {
            return tag.Element == 0 ? DicomVR.UL : tag.Element is >= 0x10 and <= 0xFF ? DicomVR.LO
                : tag.PrivateCreator is null ? null : DicomDictionary.Default.FindRepresentations(tag)?[0];
        }

        DicomVR[] vrs = DicomDictionary.Default.FindRepresentations(tag);
        if (vrs is null || vrs.Length == 1)
        {
            return vrs is null || vrs[0] == DicomVR.NONE ? null : vrs[0];
        }

        return Array.IndexOf(vrs, DicomVR.OW) >= 0 ? DicomVR.OW : IsSignedPixel() ? DicomVR.SS : DicomVR.US;
    }

    private bool IsSignedPixel()
    {
        for (Level level = _level; level is not null; level = level.Parent)
        {
            if (level.Dataset.FindStored(0x00280103) is DicomUnsignedShort { Count: > 0 } representation)
            {
                return representation.Get<ushort>(0) == 1;
            }
        }

        return false;
    }

    /// <summary>Zero bytes after the last element, which some writers leave, are not a cut-off element.</summary>
    private bool IsPadding()
    {
        while (_source.TryPeek(1, out ReadOnlySpan<byte> next))
        {
            if (next[0] != 0)
            {
                return false;
            }

            _source.Advance(1);
        }

        return true;
    }

    private static IByteBuffer Swap(IByteBuffer buffer, int unit)
    {
        if (buffer is not MemoryByteBuffer memory)
        {
            return EndianByteBuffer.Create(buffer, Endian.Big, unit);
        }

        Endian.SwapBytes(unit, memory.Data);
        return memory;
    }

    private void Count()
    {
        if (++_elements > ReadLimits.Elements)
        {
            throw Error(_level.Tag, FormattableString.Invariant($"more than {ReadLimits.Elements} elements"));
        }
    }

    private void CheckEnd()
    {
        if (_source.Position > _level.End)
        {
            throw Error(_level.Tag, FormattableString.Invariant($"an element ends beyond the item that holds it, at byte {_level.End}"));
        }
    }

    private DicomReaderException Error(DicomTag tag, string what)
    {
        IEnumerable<DicomTag> path = _levels.Reverse().Append(_level).Where(level => level.Sequence is not null).Select(level => level.Tag);
        string place = string.Join(" > ", path.Append(tag).Where(step => step is not null).Distinct());
        return new DicomReaderException(FormattableString.Invariant($"At byte {_source.Position}, {(place.Length == 0 ? "top level" : place)}: {what}."));
    }

    private uint ReadTag(ReadOnlySpan<byte> bytes) => ((uint)Read16(bytes) << 16) | Read16(bytes[2..]);

    private ushort Read16(ReadOnlySpan<byte> bytes) =>
        _level.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        _level.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>A dataset, item or sequence that is being read.</summary>
    private sealed class Level
    {
        public DicomDataset Dataset { get; init; }

        /// <summary>The items, while this level is a sequence.</summary>
        public List<DicomDataset> Sequence { get; init; }

        public Level Parent { get; init; }

        /// <summary>Where it ends, or <see cref="long.MaxValue"/> if a delimiter ends it.</summary>
        public long End { get; init; }

        public DicomTag Tag { get; init; }

        public bool IsExplicit { get; init; }

        public bool IsBigEndian { get; init; }

        public Encoding[] Encodings { get; set; }

        public uint CreatorNumber { get; set; }

        public DicomPrivateCreator Creator { get; set; }
    }
}
