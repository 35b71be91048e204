using System.Buffers.Binary;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>What the header says about one frame, in samples and bits. Source: PS3.3 C.7.6.3.</summary>
internal readonly record struct FrameShape(int Rows, int Columns, int SamplesPerPixel, int BitsAllocated)
{
    public int BytesPerSample => BitsAllocated / 8;

    public long ByteCount => (long)Rows * Columns * SamplesPerPixel * BytesPerSample;

    /// <summary>Checks what a codestream says of itself before a sample of it is decoded.</summary>
    /// <exception cref="CodestreamException">The codestream and the header differ.</exception>
    public void Require(string process, long rows, long columns, long components, long precision)
    {
        if (rows != Rows || columns != Columns)
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"{process}: the codestream has {rows} x {columns} samples, the header {Rows} rows x {Columns} columns."));
        }

        if (components != SamplesPerPixel)
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"{process}: the codestream has {components} component(s), the header {SamplesPerPixel} sample(s) per pixel."));
        }

        if (precision < 1 || precision > BitsAllocated)
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"{process}: the codestream has {precision} bits per sample, the header allocates {BitsAllocated}."));
        }
    }

    /// <summary>Writes one sample, little endian, at its place in a colour-by-pixel frame.</summary>
    public void Store(Span<byte> frame, int sampleIndex, int value)
    {
        switch (BytesPerSample)
        {
            case 1: frame[sampleIndex] = (byte)value; break;
            case 2: BinaryPrimitives.WriteUInt16LittleEndian(frame[(2 * sampleIndex)..], (ushort)value); break;
            default: BinaryPrimitives.WriteInt32LittleEndian(frame[(4 * sampleIndex)..], value); break;
        }
    }
}
