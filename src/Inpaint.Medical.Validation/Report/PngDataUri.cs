using SkiaSharp;

namespace Inpaint.Medical.Validation.Report;

/// <summary>Pictures inside the page, so that it stays one file.</summary>
internal static class PngDataUri
{
    /// <summary>"data:image/png;base64,…" of an 8-bit grey picture, stretched to square pixels.</summary>
    public static string Encode(GreyPicture picture)
    {
        var info = new SKImageInfo(picture.Columns, picture.Rows, SKColorType.Gray8, SKAlphaType.Opaque);
        using SKImage image = SKImage.FromPixelCopy(info, picture.Pixels, picture.Columns);
        if (Math.Abs(picture.PixelAspect - 1) < 0.01)
        {
            return Encode(image);
        }

        int rows = Math.Max(1, (int)Math.Round(picture.Rows * picture.PixelAspect));
        using var stretched = new SKBitmap(new SKImageInfo(picture.Columns, rows, SKColorType.Gray8, SKAlphaType.Opaque));
        using (var source = SKBitmap.FromImage(image))
        {
            source.ScalePixels(stretched, new SKSamplingOptions(SKFilterMode.Nearest));
        }

        using SKImage result = SKImage.FromBitmap(stretched);
        return Encode(result);
    }

    private static string Encode(SKImage image)
    {
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        return "data:image/png;base64," + Convert.ToBase64String(png.AsSpan());
    }
}
