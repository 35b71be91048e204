using System.Buffers;
using System.Globalization;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.IO.Buffer;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>
/// The samples of one frame, from native and compressed pixel data alike: exactly rows x columns x samples x bytes, little endian, bits
/// above HighBit as they are stored. Colour is by pixel, but by plane where Planar Configuration says so and the data are native or RLE.
/// Thread-safe as long as no two calls share a data set.
/// </summary>
public static class FrameDecoder
{
    /// <summary>Decodes a frame; <paramref name="frame"/> counts from 0.</summary>
    /// <returns>A new array, the caller's own.</returns>
    /// <exception cref="FrameDecodingException">The frame cannot be decoded exactly; never wrong samples instead.</exception>
    /// <exception cref="IOException">The file, read on demand, is gone or unreadable.</exception>
    public static byte[] Decode(DicomDataset dataset, int frame) => Decode(dataset, frame, size => new byte[size]);

    /// <summary>Decodes a frame into memory of exactly its size, without memory of its own where the pixel data are native.</summary>
    /// <exception cref="FrameDecodingException">The frame cannot be decoded exactly, or is not of that size.</exception>
    /// <exception cref="IOException">The file, read on demand, is gone or unreadable.</exception>
    public static void Decode(DicomDataset dataset, int frame, Span<byte> destination)
    {
        byte[]? rented = null;
        try
        {
            byte[] samples = Decode(dataset, frame, size => rented = ArrayPool<byte>.Shared.Rent(size));
            long size = ReadShape(dataset).ByteCount;
            if (size != destination.Length)
            {
                throw new FrameDecodingException(FrameFault.Damaged, FormattableString.Invariant(
                    $"The frame has {size} bytes where {destination.Length} were expected."));
            }

            samples.AsSpan(0, destination.Length).CopyTo(destination);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static byte[] Decode(DicomDataset dataset, int frame, Func<int, byte[]> allocate)
    {
        FrameShape shape = ReadShape(dataset);
        if (frame < 0 || frame >= FrameCount(dataset))
        {
            throw new FrameDecodingException(FrameFault.Missing, FormattableString.Invariant(
                $"Frame {frame} was asked for, the header says {FrameCount(dataset)} frame(s)."));
        }

        return dataset.GetDicomItem<DicomItem>(DicomTag.PixelData) switch
        {
            DicomFragmentSequence => DecodeFragments(dataset, frame, shape),
            DicomElement element when !dataset.InternalTransferSyntax.IsEncapsulated => ReadNative(dataset, element.Buffer, frame, shape, allocate),
            null => throw new FrameDecodingException(FrameFault.Missing, "There are no pixel data (7FE0,0010)."),
            _ => throw new FrameDecodingException(
                FrameFault.Unsupported, $"The pixel data are not in fragments as {dataset.InternalTransferSyntax.UID.Name} has them."),
        };
    }

    /// <summary>Number of Frames (0028,0008); 1 where it is absent or no number.</summary>
    public static int FrameCount(DicomDataset dataset) =>
        dataset.TryGetSingleValue(DicomTag.NumberOfFrames, out string text)
            && int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out int count)
        ? count : 1;

    private static FrameShape ReadShape(DicomDataset dataset)
    {
        int samples = dataset.TryGetSingleValue(DicomTag.SamplesPerPixel, out ushort value) ? value : 1;
        var shape = new FrameShape(
            Require(dataset, DicomTag.Rows, "Rows"),
            Require(dataset, DicomTag.Columns, "Columns"),
            samples,
            Require(dataset, DicomTag.BitsAllocated, "Bits Allocated"));
        if (shape.BitsAllocated is not (8 or 16 or 32) || samples is < 1 or > 4)
        {
            throw new FrameDecodingException(FrameFault.Unsupported, FormattableString.Invariant(
                $"{samples} sample(s) per pixel with {shape.BitsAllocated} bits allocated; 1 to 4 samples of 8, 16 or 32 bits are read."));
        }

        if (shape.ByteCount > Array.MaxLength)
        {
            throw new FrameDecodingException(FrameFault.Unsupported, FormattableString.Invariant(
                $"A frame of {shape.ByteCount} bytes is larger than can be held."));
        }

        return shape;
    }

    private static int Require(DicomDataset dataset, DicomTag tag, string name) =>
        dataset.TryGetSingleValue(tag, out ushort value) && value > 0 ? value : throw new FrameDecodingException(
            FrameFault.HeaderIncomplete, $"{name} {tag} is missing or zero.");

    private static byte[] ReadNative(DicomDataset dataset, IByteBuffer buffer, int frame, FrameShape shape, Func<int, byte[]> allocate)
    {
        if (dataset.TryGetSingleValue(DicomTag.PhotometricInterpretation, out string meaning) && meaning.Contains("_42", StringComparison.Ordinal))
        {
            throw new FrameDecodingException(FrameFault.Unsupported, $"Uncompressed {meaning} is not read.");
        }

        int size = (int)shape.ByteCount;
        long offset = (long)frame * size;
        if (offset + size > buffer.Size)
        {
            throw new FrameDecodingException(FrameFault.Truncated, FormattableString.Invariant(
                $"Frame {frame} needs bytes {offset} to {offset + size} of the pixel data, there are {buffer.Size}."));
        }

        // Byte-swapped 8-bit data are swapped in pairs: a range that cuts one cannot be taken by itself.
        if ((offset | (uint)size) % 2 != 0)
        {
            return buffer.Data.AsSpan((int)offset, size).ToArray();
        }

        byte[] samples = allocate(size);
        buffer.GetByteRange(offset, size, samples);
        return samples;
    }

    private static byte[] DecodeFragments(DicomDataset dataset, int frame, FrameShape shape)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        bool isRle = syntax == DicomTransferSyntax.RLELossless;
        FrameCodec? codec = FrameCodec.Find(syntax);
        if (codec is null && !isRle)
        {
            throw new FrameDecodingException(FrameFault.Unsupported, $"There is no codec for {syntax.UID.Name} ({syntax.UID.UID}).");
        }

        byte[] codestream = FragmentsOf(dataset, frame);
        try
        {
            return codec?.DecodeToArray(codestream, shape) ?? RleByLibrary.Decode(codestream, shape, IsPlanar(dataset));
        }
        catch (MissingCodecException e)
        {
            throw new FrameDecodingException(FrameFault.Unsupported, e.Message, e);
        }
        catch (CodestreamException e)
        {
            throw new FrameDecodingException(FrameFault.Damaged, e.Message, e);
        }
    }

    private static bool IsPlanar(DicomDataset dataset) =>
        dataset.TryGetSingleValue(DicomTag.PlanarConfiguration, out ushort value) && value == 1;

    private static byte[] FragmentsOf(DicomDataset dataset, int frame)
    {
        try
        {
            return DicomPixelData.Create(dataset).GetFrame(frame).Data;
        }
        catch (Exception e) when (e is DicomException or IndexOutOfRangeException or ArgumentException or FormatException or OverflowException)
        {
            throw new FrameDecodingException(FrameFault.Damaged, $"The fragments of the pixel data cannot be told apart: {e.Message}", e);
        }
    }
}
