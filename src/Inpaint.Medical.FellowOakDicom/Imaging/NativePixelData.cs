using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging;

/// <summary>Uncompressed frames, one after the other in an OB or OW element. Source: PS3.5 §8.1.</summary>
internal sealed class NativePixelData : DicomPixelData
{
    private static readonly IByteBuffer Padding = new MemoryByteBuffer([0]);

    private readonly DicomElement _element;

    public NativePixelData(DicomDataset dataset, DicomElement element) : base(dataset) => _element = element;

    public static NativePixelData CreateNew(DicomDataset dataset)
    {
        // PS3.5 §A.1 and A.2: implicit VR is always OW, explicit VR only above 8 bits.
        bool isWord = !dataset.InternalTransferSyntax.IsExplicitVR || dataset.GetSingleValue<ushort>(DicomTag.BitsAllocated) > 8;
        var frames = new CompositeByteBuffer();
        DicomElement element = isWord ? new DicomOtherWord(DicomTag.PixelData, frames) : new DicomOtherByte(DicomTag.PixelData, frames);
        dataset.AddOrUpdate(element);
        return new NativePixelData(dataset, element) { NumberOfFrames = 0 };
    }

    public override IByteBuffer GetFrame(int frame)
    {
        RequireFrame(frame);
        int size = UncompressedFrameSize;
        long offset = (long)size * frame;
        if (offset + size > _element.Buffer.Size)
        {
            throw new DicomImagingException(FormattableString.Invariant(
                $"Pixel data are cut short: frame {frame} ends at byte {offset + size}, there are {_element.Buffer.Size}."));
        }

        return new RangeByteBuffer(_element.Buffer, offset, size);
    }

    public override void AddFrame(IByteBuffer data)
    {
        if (_element.Buffer is not CompositeByteBuffer frames)
        {
            throw new DicomImagingException("Frames can be added to new pixel data only.");
        }

        if (frames.Buffers.Count > 0 && ReferenceEquals(frames.Buffers[^1], Padding))
        {
            frames.Buffers.RemoveAt(frames.Buffers.Count - 1);
        }

        frames.Buffers.Add(data);
        if (frames.Size % 2 != 0)
        {
            frames.Buffers.Add(Padding);
        }

        NumberOfFrames++;
    }
}
