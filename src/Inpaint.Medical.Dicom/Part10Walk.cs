using System.Globalization;
using System.Text;

namespace Inpaint.Medical.Dicom;

/// <summary>
/// One walk over the elements of a data set with an explicit stack of what is open. A value that only looks like a sequence (it starts
/// with an item but its VR does not say SQ) is walked too, since some parsers would; if that fails it is gone over as plain bytes.
/// </summary>
internal sealed class Part10Walk(ScanSource source, Part10ScanLimits limits)
{
    private const uint Item = 0xFFFEE000, ItemEnd = 0xFFFEE00D, SequenceEnd = 0xFFFEE0DD;
    private const uint PixelData = 0x7FE00010, TransferSyntaxUid = 0x00020010;
    private const uint Undefined = uint.MaxValue;
    private const long OpenEnd = long.MaxValue;

    private readonly Level[] levels = new Level[(2 * limits.Nesting) + 4];
    private int open;
    private int nesting;
    private uint currentTag;
    private uint lastTopTag;
    private bool isTrailing;
    private bool isOver;

    private enum Kind : byte
    {
        Sequence,
        Item,
        Fragments,
    }

    public int ElementCount { get; private set; }

    public int DeepestNesting { get; private set; }

    /// <summary>Where the stream ended inside an element or an open sequence; null when it did not.</summary>
    public Part10ScanException? Truncation { get; private set; }

    /// <summary>Goes over group 0002, if the data begin with it.</summary>
    /// <returns>The transfer syntax UID; empty without one.</returns>
    public string ReadFileMetaInformation()
    {
        string syntax = "";
        var encoding = new Part10Encoding(IsExplicit: true, IsBigEndian: false);
        while (!isOver && source.Peek(8) is { Length: 8 } header && encoding.UInt16(header) == 2)
        {
            currentTag = encoding.Tag(header);
            Header element = ReadHeader(encoding);
            if (currentTag == TransferSyntaxUid && element.Length <= 256)
            {
                syntax = Encoding.ASCII.GetString(source.Peek((int)element.Length)).TrimEnd('\0', ' ');
            }

            Count();
            SkipValue(element.Length);
        }

        return syntax;
    }

    /// <summary>Goes over the rest of the stream.</summary>
    /// <exception cref="Part10ScanException">A limit is exceeded.</exception>
    public void WalkDataset(Part10Encoding announced)
    {
        try
        {
            Part10Encoding encoding = announced.Corrected(source.Peek(8));
            while (!isOver)
            {
                CloseFinished();
                ReadOnlySpan<byte> header = source.Peek(8);
                if (header.Length < 8)
                {
                    EndOfStream(header.Length);
                    return;
                }

                Count();
                Step(header, open > 0 ? levels[open - 1].Encoding : encoding);
            }
        }
        catch (InvalidDataException e)
        {
            throw Fault(Part10Fault.DeflateDamaged, $"The deflated data set is damaged: {e.Message}");
        }
    }

    private void Step(ReadOnlySpan<byte> header, Part10Encoding encoding)
    {
        uint tag = encoding.Tag(header);
        uint length = encoding.UInt32(header[4..]);
        if (open > 0 && levels[open - 1].Kind != Kind.Item)
        {
            StepInSequence(tag, length);
        }
        else if (tag is Item or SequenceEnd or ItemEnd)
        {
            source.Skip(8);
            CloseAt(tag);
        }
        else
        {
            currentTag = tag;
            NoteOrder(tag);
            StepElement(encoding);
        }
    }

    /// <summary>What follows the pixel data out of order is left over from the file's past; that it ends nowhere is no truncation.</summary>
    private void NoteOrder(uint tag)
    {
        if (open == 0)
        {
            isTrailing |= lastTopTag >= PixelData && tag < lastTopTag;
            lastTopTag = tag;
        }
    }

    private void StepInSequence(uint tag, uint length)
    {
        ref Level level = ref levels[open - 1];
        if (tag == Item)
        {
            source.Skip(8);
            level.ItemCount++;
            if (level.Kind == Kind.Fragments)
            {
                SkipValue(length);
            }
            else
            {
                OpenItem(ref level, length);
            }
        }
        else if (tag == SequenceEnd)
        {
            source.Skip(8);
            Close();
        }
        else if (level.IsGuess)
        {
            AbandonGuess();
        }
        else if (level.End == OpenEnd)
        {
            Close();  // the delimiter is missing: what comes belongs outside
        }
        else
        {
            SkipValue(level.End - source.Position);
        }
    }

    private void OpenItem(ref Level sequence, uint length)
    {
        long end = length == Undefined ? OpenEnd : source.Position + length;
        if (end != OpenEnd && !Fits(end))
        {
            return;
        }

        Open(Kind.Item, 0, end, EncodingOfItem(sequence.Encoding, Math.Min(end, Math.Min(OuterEnd(), source.Length))), sequence.IsGuess);
    }

    /// <summary>Items of a UN, and of writers that mix, may be in either form; the first element shows it (PS3.5, 6.2.2 note 2).</summary>
    private Part10Encoding EncodingOfItem(Part10Encoding announced, long end)
    {
        ReadOnlySpan<byte> first = source.Peek(8);
        if (first.Length < 8 || announced.Tag(first) is Item or ItemEnd or SequenceEnd)
        {
            return announced;
        }

        if (announced.IsExplicit)
        {
            return announced with { IsExplicit = Part10Encoding.HasVrLetters(first) };
        }

        long length = announced.UInt32(first[4..]);
        bool fitsAsImplicit = length == Undefined || source.Position + 8 + length <= end;
        return announced with { IsExplicit = !fitsAsImplicit && Part10Encoding.HasKnownVr(first) };
    }

    private void StepElement(Part10Encoding encoding)
    {
        Header element = ReadHeader(encoding);
        if (element.Length == Undefined)
        {
            bool isFragments = currentTag == PixelData || element.Form == Form.Plain;
            Open(isFragments ? Kind.Fragments : Kind.Sequence, currentTag, OpenEnd, encoding, InGuess());
            return;
        }

        ReadOnlySpan<byte> start = source.Peek(4);
        bool startsWithItem = element.Length >= 8 && start.Length == 4 && encoding.Tag(start) == Item && currentTag != PixelData;
        if (element.Form == Form.Sequence || (element.Form == Form.Unknown && startsWithItem))
        {
            long end = source.Position + element.Length;
            if (Fits(end))
            {
                Open(Kind.Sequence, currentTag, end, encoding, InGuess() || element.Form == Form.Unknown);
            }

            return;
        }

        SkipValue(element.Length);
    }

    /// <summary>Goes over tag, VR and length.</summary>
    private Header ReadHeader(Part10Encoding encoding)
    {
        ReadOnlySpan<byte> header = source.Peek(12);
        if (!encoding.IsExplicit || !Part10Encoding.HasVrLetters(header))
        {
            uint length = encoding.UInt32(header[4..]);
            source.Skip(8);
            return new Header(length, Form.Unknown);
        }

        bool isLong = Part10Encoding.HasLongVr(header)
            || (!Part10Encoding.HasShortVr(header) && header[6] == 0 && header[7] == 0);
        if (!isLong)
        {
            uint length = encoding.UInt16(header[6..]);
            source.Skip(8);
            return new Header(length, Form.Plain);
        }

        bool isSequence = header[4] == 'S' && header[5] == 'Q';
        bool isUnknown = header[4] == 'U' && header[5] == 'N';
        uint longLength = header.Length < 12 ? 0 : encoding.UInt32(header[8..]);
        if (!source.Skip(12))
        {
            Truncate(source.Position);
        }

        return new Header(longLength, isSequence ? Form.Sequence : isUnknown ? Form.Unknown : Form.Plain);
    }

    private void SkipValue(long length)
    {
        long end = source.Position + length;
        if (Fits(end) && !source.Skip(length))
        {
            Truncate(end);
        }
    }

    /// <summary>Checks an end against what is open and against the stream.</summary>
    /// <returns>False when the walk goes on elsewhere or is over.</returns>
    private bool Fits(long end)
    {
        long outer = OuterEnd();
        if (end > source.Length && outer >= source.Length)
        {
            if (InGuess())
            {
                AbandonGuess();
            }
            else
            {
                Truncate(end);
            }

            return false;
        }

        if (end <= outer)
        {
            return true;
        }

        if (InGuess())
        {
            AbandonGuess();
            return false;
        }

        throw Fault(Part10Fault.LengthBeyondItem, FormattableString.Invariant(
            $"A length reaches to byte {end}, the item or sequence around it ends at {outer}"));
    }

    private long OuterEnd()
    {
        long end = OpenEnd;
        for (int i = open - 1; i >= 0 && end == OpenEnd; i--)
        {
            end = levels[i].End;
        }

        return end;
    }

    private bool InGuess() => open > 0 && levels[open - 1].IsGuess;

    /// <summary>What looked like a sequence is none: goes to the end of the outermost such value.</summary>
    private void AbandonGuess()
    {
        while (open > 1 && levels[open - 2].IsGuess)
        {
            Close();
        }

        long end = levels[open - 1].End;
        Close();
        source.Skip(end - source.Position);
    }

    private void Open(Kind kind, uint tag, long end, Part10Encoding encoding, bool isGuess)
    {
        if (kind == Kind.Sequence && ++nesting > limits.Nesting)
        {
            throw Fault(Part10Fault.NestedTooDeep, FormattableString.Invariant($"Sequences are nested deeper than {limits.Nesting}"));
        }

        DeepestNesting = Math.Max(DeepestNesting, nesting);
        levels[open++] = new Level { Kind = kind, Tag = tag, End = end, Encoding = encoding, IsGuess = isGuess };
    }

    private void Close()
    {
        open--;
        if (levels[open].Kind == Kind.Sequence)
        {
            nesting--;
        }
    }

    private void CloseFinished()
    {
        while (open > 0 && source.Position >= levels[open - 1].End)
        {
            Close();
        }
    }

    /// <summary>Handles a delimiter, or an item without a sequence, at the level of elements.</summary>
    private void CloseAt(uint tag)
    {
        if (open == 0 || tag == Item)
        {
            return;  // stray: nothing to close
        }

        Close();
        if (tag == SequenceEnd && open > 0)
        {
            Close();  // the item's own delimiter is missing
        }
    }

    private void EndOfStream(int restLength)
    {
        if (open > 0)
        {
            Truncate(source.Position + restLength);
        }
    }

    private void Truncate(long end)
    {
        isOver = true;
        if (!isTrailing)
        {
            Truncation ??= Fault(Part10Fault.Truncated, FormattableString.Invariant(
                $"The file ends too early: a value reaches to byte {end}, there are {source.Length}"));
        }
    }

    private void Count()
    {
        if (++ElementCount > limits.Elements)
        {
            throw Fault(Part10Fault.TooManyElements, FormattableString.Invariant($"There are more than {limits.Elements} elements"));
        }
    }

    private Part10ScanException Fault(Part10Fault fault, string reason) => new(fault, source.Position, TagPath(), reason);

    private string TagPath()
    {
        var path = new StringBuilder();
        for (int i = 0; i < open; i++)
        {
            if (levels[i].Kind == Kind.Item)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{levels[i - 1].ItemCount - 1}].");
            }
            else
            {
                AppendTag(path, levels[i].Tag);
            }
        }

        if (open == 0 || levels[open - 1].Kind == Kind.Item)
        {
            AppendTag(path, currentTag);
        }

        return path.ToString();
    }

    private static void AppendTag(StringBuilder path, uint tag) =>
        path.Append(CultureInfo.InvariantCulture, $"({tag >> 16:X4},{tag & 0xFFFF:X4})");

    private enum Form : byte
    {
        Plain,
        Sequence,
        Unknown,
    }

    private readonly record struct Header(uint Length, Form Form);

    /// <summary>An open sequence, item or run of fragments.</summary>
    private struct Level
    {
        public Kind Kind;
        public uint Tag;
        public long End;
        public int ItemCount;
        public Part10Encoding Encoding;
        public bool IsGuess;
    }
}
