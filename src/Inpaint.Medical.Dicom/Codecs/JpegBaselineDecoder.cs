using SkiaSharp;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>JPEG baseline, 8 bits, one component, through SkiaSharp (libjpeg-turbo). Samples are taken as coded, no colour conversion.</summary>
internal static class JpegBaselineDecoder
{
    /// <summary>Decodes one frame.</summary>
    /// <param name="frame">Samples out, little endian, exactly <paramref name="shape"/>'s bytes.</param>
    /// <exception cref="CodestreamException">Damaged, cut short, colour, another process, or other dimensions than the header's.</exception>
    public static unsafe void Decode(ReadOnlySpan<byte> codestream, FrameShape shape, Span<byte> frame)
    {
        JpegFrameHeader header = JpegFrameHeader.Find(codestream);
        if (header.Process > 1 || header.Precision != 8)
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"JPEG baseline was announced, the codestream is {header.Name}, {header.Precision} bits."));
        }

        shape.Require(header.Name, header.Lines, header.SamplesPerLine, header.Components.Length, header.Precision);
        if (header.Components.Length != 1)
        {
            throw new CodestreamException("JPEG baseline: colour is not supported, only one component.");
        }

        byte[] samples = new byte[shape.Rows * shape.Columns];
        using SKData data = SKData.CreateCopy(codestream);
        using SKCodec codec = SKCodec.Create(data) ?? throw new CodestreamException("JPEG baseline: the codestream is damaged.");
        var info = new SKImageInfo(shape.Columns, shape.Rows, SKColorType.Gray8, SKAlphaType.Opaque, colorspace: null);
        fixed (byte* pixels = samples)
        {
            SKCodecResult result = codec.GetPixels(info, (nint)pixels, shape.Columns, SKCodecOptions.Default);
            if (result != SKCodecResult.Success)
            {
                throw new CodestreamException($"JPEG baseline: the codestream is damaged ({result}).");
            }
        }

        for (int i = 0; i < samples.Length; i++)
        {
            shape.Store(frame, i, samples[i]);
        }
    }
}
