using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging;

/// <summary>Compressed frames in fragments. Source: PS3.5 §A.4.</summary>
internal sealed class EncapsulatedPixelData : DicomPixelData
{
    private const int ItemHeaderSize = 8;

    private readonly DicomFragmentSequence _fragments;

    public EncapsulatedPixelData(DicomDataset dataset, DicomFragmentSequence fragments) : base(dataset) => _fragments = fragments;

    public static EncapsulatedPixelData CreateNew(DicomDataset dataset)
    {
        ushort bitsAllocated = dataset.GetSingleValue<ushort>(DicomTag.BitsAllocated);
        if (bitsAllocated > 16)
        {
            throw new DicomImagingException(FormattableString.Invariant(
                $"Cannot represent compressed pixel data with Bits Allocated {bitsAllocated} > 16."));
        }

        var fragments = new DicomOtherByteFragment(DicomTag.PixelData);
        dataset.AddOrUpdate(fragments);
        return new EncapsulatedPixelData(dataset, fragments) { NumberOfFrames = 0 };
    }

    public override IByteBuffer GetFrame(int frame)
    {
        RequireFrame(frame);
        IList<IByteBuffer> fragments = _fragments.Fragments;
        int frames = NumberOfFrames;
        if (frames == 1 && fragments.Count > 0)
        {
            return Join(fragments, 0, fragments.Count);
        }

        if (fragments.Count == frames)
        {
            return fragments[frame];
        }

        if (_fragments.OffsetTable.Count == frames)
        {
            int first = FragmentAt(frame);
            return Join(fragments, first, frame + 1 < frames ? FragmentAt(frame + 1) : fragments.Count);
        }

        throw new DicomImagingException(FormattableString.Invariant(
            $"{frames} frames in {fragments.Count} fragments with {_fragments.OffsetTable.Count} offsets: it cannot be told which fragments are frame {frame}."));
    }

    public override void AddFrame(IByteBuffer data)
    {
        long offset = _fragments.Fragments.Sum(fragment => ItemHeaderSize + fragment.Size);
        if (offset > uint.MaxValue)
        {
            _fragments.OffsetTable.Clear();
        }
        else if (_fragments.OffsetTable.Count == NumberOfFrames)
        {
            _fragments.OffsetTable.Add((uint)offset);
        }

        _fragments.Fragments.Add(EvenLengthBuffer.Create(data));
        NumberOfFrames++;
    }

    private static IByteBuffer Join(IList<IByteBuffer> fragments, int first, int end) => (end - first) switch
    {
        < 1 => throw new DicomImagingException("The offset table gives a frame no fragment."),
        1 => fragments[first],
        _ => new CompositeByteBuffer([.. fragments.Skip(first).Take(end - first)]),
    };

    private int FragmentAt(int frame)
    {
        long offset = 0;
        uint wanted = _fragments.OffsetTable[frame];
        for (int i = 0; i < _fragments.Fragments.Count; i++)
        {
            if (offset == wanted)
            {
                return i;
            }

            offset += ItemHeaderSize + _fragments.Fragments[i].Size;
        }

        throw new DicomImagingException(FormattableString.Invariant($"The offset of frame {frame}, {wanted}, is no fragment's."));
    }
}
