namespace FellowOakDicom.Imaging.Codec;

/// <summary>How the bytes of an uncompressed frame lie; RLE keeps each byte of each sample in a segment of its own.</summary>
internal readonly record struct RleLayout(int Rows, int Columns, int SamplesPerPixel, int BytesPerSample, bool IsPlanar)
{
    public int Pixels => checked(Rows * Columns);

    public int SegmentCount => SamplesPerPixel * BytesPerSample;

    public int FrameSize => checked(Pixels * SegmentCount);

    /// <summary>Bytes from one byte of a segment to its next in the frame.</summary>
    public int Stride => IsPlanar ? BytesPerSample : SegmentCount;

    /// <summary>Where a segment's first byte lies in the little-endian frame; the most significant byte is coded first.</summary>
    public int FirstByte(int segment)
    {
        int sample = segment / BytesPerSample;
        int significance = BytesPerSample - 1 - (segment % BytesPerSample);
        return (IsPlanar ? sample * Pixels * BytesPerSample : sample * BytesPerSample) + significance;
    }
}
