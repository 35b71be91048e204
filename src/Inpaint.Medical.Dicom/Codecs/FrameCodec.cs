using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>Decodes one frame into colour-by-pixel, little-endian samples.</summary>
/// <exception cref="CodestreamException">The codestream cannot be decoded exactly.</exception>
internal delegate void DecodeFrame(ReadOnlySpan<byte> codestream, FrameShape shape, Span<byte> frame);

/// <summary>The transfer syntaxes that are decoded here, beside the uncompressed ones and RLE, which fo-dicom has itself.</summary>
internal sealed record FrameCodec(DicomTransferSyntax TransferSyntax, string Name, DecodeFrame Decode)
{
    // A blank image is coded in a few bytes by JPEG-LS and JPEG 2000; beyond this a header claims what is not there.
    private const long FreeBytes = 16 << 20;
    private const long HighestRatio = 1000;

    public static IReadOnlyList<FrameCodec> All { get; } =
    [
        new(DicomTransferSyntax.JPEGProcess1, "JPEG baseline", JpegBaselineDecoder.Decode),
        new(DicomTransferSyntax.JPEGProcess2_4, "JPEG extended", JpegSequentialDecoder.Decode),
        new(DicomTransferSyntax.JPEGProcess14, "JPEG lossless", JpegLosslessDecoder.Decode),
        new(DicomTransferSyntax.JPEGProcess14SV1, "JPEG lossless SV1", JpegLosslessDecoder.Decode),
        new(DicomTransferSyntax.JPEGLSLossless, "JPEG-LS lossless", JpegLsDecoder.Decode),
        new(DicomTransferSyntax.JPEGLSNearLossless, "JPEG-LS near-lossless", JpegLsDecoder.Decode),
        new(DicomTransferSyntax.JPEG2000Lossless, "JPEG 2000 lossless", Jpeg2000Decoder.Decode),
        new(DicomTransferSyntax.JPEG2000Lossy, "JPEG 2000", Jpeg2000Decoder.Decode),
    ];

    public static FrameCodec? Find(DicomTransferSyntax syntax) => All.FirstOrDefault(codec => codec.TransferSyntax == syntax);

    /// <summary>Decodes into a new array of exactly the frame's size.</summary>
    /// <exception cref="CodestreamException">The codestream cannot be decoded exactly.</exception>
    public byte[] DecodeToArray(ReadOnlySpan<byte> codestream, FrameShape shape)
    {
        if (shape.ByteCount > Math.Min(int.MaxValue, FreeBytes + (HighestRatio * codestream.Length)))
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"{Name}: {codestream.Length} bytes cannot hold a frame of {shape.ByteCount} bytes."));
        }

        byte[] frame = new byte[shape.ByteCount];
        Decode(codestream, shape, frame);
        return frame;
    }
}
