using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Stacks;

/// <summary>An image with its stored samples, or the reason why it has none.</summary>
internal sealed record DecodedImage(InstanceHeader Header, double PositionMm, byte[]? Stored, ErrorCode Defect, string? Detail)
{
    /// <summary>Instance Number; for a frame its number in the stack.</summary>
    public int? Number => Header.InstanceNumber;

    /// <summary>File name without its folder, for sentences.</summary>
    public string Name => Path.GetFileName(Header.Source);

    /// <summary>Decodes all images, two or more at a time. What cannot be decoded becomes a defect of that image.</summary>
    /// <exception cref="InpaintException">No image at all could be decoded: the first one's reason.</exception>
    public static DecodedImage[] DecodeAll(
        IReadOnlyList<InstanceHeader> headers, double[] positionsMm, IInstanceSource source, CancellationToken cancellationToken)
    {
        var images = new DecodedImage[headers.Count];
        ParallelSlices.For(images.Length, i => images[i] = Decode(headers[i], positionsMm[i], source), cancellationToken);
        return images.Any(image => image.Stored is not null)
            ? images
            : throw new InpaintException(images[0].Defect, $"No image of the series can be decoded; the first because: {images[0].Detail}");
    }

    private static DecodedImage Decode(InstanceHeader header, double positionMm, IInstanceSource source)
    {
        byte[] stored = GC.AllocateUninitializedArray<byte>(header.FrameLength);
        try
        {
            source.ReadPixels(header, stored);
            return new DecodedImage(header, positionMm, stored, ErrorCode.None, null);
        }
        catch (InpaintException defect)
        {
            return new DecodedImage(header, positionMm, null, defect.Code, defect.Message);
        }
    }
}
