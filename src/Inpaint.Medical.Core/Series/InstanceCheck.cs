using System.Globalization;
using System.Text.RegularExpressions;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Series;

/// <summary>Decides for one image whether it can be a slice of a volume.</summary>
public static partial class InstanceCheck
{
    // Direction cosines are written with 6 digits or more.
    private const double DirectionTolerance = 1e-3;

    /// <summary>Why the image is set aside; null where it can be used.</summary>
    public static Finding? Reason(InstanceHeader instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return Content(instance) ?? Geometry(instance) ?? Pixels(instance);
    }

    private static Finding? Content(InstanceHeader instance)
    {
        if (instance.Rows <= 0 || instance.Columns <= 0)
        {
            return Because(instance, ErrorCode.NotAnImage, "The instance holds no image.", "Rows and Columns above 0", Size(instance), "Nothing to do: it takes part in no volume.");
        }

        if (instance.IsSynthetic)
        {
            return Because(
                instance,
                ErrorCode.SyntheticInput,
                "The image is synthetic or was made by this software.",
                "Synthetic Data (0008,001C) not YES",
                "YES, or our own creator UID",
                "Give the acquired series; predictions must not be made from predictions.");
        }

        if (instance.SamplesPerPixel != 1 || instance.PhotometricInterpretation is not ("MONOCHROME1" or "MONOCHROME2"))
        {
            return Because(
                instance,
                ErrorCode.ColourImage,
                "The image is in colour.",
                "MONOCHROME1 or MONOCHROME2 with 1 sample per pixel",
                string.Create(CultureInfo.InvariantCulture, $"{instance.PhotometricInterpretation} with {instance.SamplesPerPixel}"),
                "Give the grey-scale series that it was made from.");
        }

        if (instance.IsTiledMosaic)
        {
            return Because(
                instance,
                ErrorCode.TiledMosaic,
                "The image holds many slices tiled side by side (mosaic).",
                "one slice an image",
                string.Create(CultureInfo.InvariantCulture, $"mosaic of {instance.Rows} x {instance.Columns}"),
                "Export the series as single slices or enhanced multi-frame.");
        }

        return instance.ImageType.Contains("LOCALIZER", StringComparer.OrdinalIgnoreCase)
            || LocalizerName().IsMatch(instance.SeriesDescription ?? string.Empty)
            ? Because(instance, ErrorCode.Localizer, "The image is a localizer (scout).", "a slice of a volume", "a planning image", "Nothing to do: localizers are never filled.")
            : null;
    }

    private static Finding? Geometry(InstanceHeader instance)
    {
        string missing = string.Join(", ", new[]
        {
            instance.Position is null ? "Image Position (0020,0032)" : null,
            instance.RowDirection is null || instance.ColumnDirection is null ? "Image Orientation (0020,0037)" : null,
            instance.RowSpacingMm is null || instance.ColumnSpacingMm is null ? "Pixel Spacing (0028,0030)" : null,
        }.OfType<string>());
        if (missing.Length > 0)
        {
            return Because(
                instance,
                ErrorCode.GeometryMissing,
                "The image does not say where it lies.",
                "position, orientation and pixel spacing",
                "lacks " + missing,
                "Export the series again with its geometry; nothing is assumed in its place.");
        }

        string? wrong = InvalidGeometry(
            instance.Position!.Value, instance.RowDirection!.Value, instance.ColumnDirection!.Value, instance.RowSpacingMm!.Value, instance.ColumnSpacingMm!.Value);
        return wrong is null
            ? null
            : Because(
                instance,
                ErrorCode.GeometryInvalid,
                "The geometry of the image is not possible.",
                "finite position, perpendicular unit directions, spacing above 0 mm",
                wrong,
                "Export the series again; nothing is assumed in place of a wrong value.");
    }

    private static string? InvalidGeometry(Vector3 position, Vector3 row, Vector3 column, double rowSpacing, double columnSpacing) =>
        !position.IsFinite ? "a position that is not finite"
        : !(row.IsFinite && column.IsFinite) ? "an orientation that is not finite"
        : Math.Abs(row.Length - 1) > DirectionTolerance || Math.Abs(column.Length - 1) > DirectionTolerance || Math.Abs(row.Dot(column)) > DirectionTolerance
            ? string.Create(CultureInfo.InvariantCulture, $"directions of length {row.Length:0.####} and {column.Length:0.####} with cosine {row.Dot(column):0.####}")
        : !(double.IsFinite(rowSpacing) && double.IsFinite(columnSpacing) && rowSpacing > 0 && columnSpacing > 0)
            ? string.Create(CultureInfo.InvariantCulture, $"pixel spacing of {rowSpacing} x {columnSpacing} mm")
        : null;

    private static Finding? Pixels(InstanceHeader instance)
    {
        PixelFormat format = instance.Format;
        int container = 8 * format.BytesPerSample;
        string? wrong =
            format.BitsStored < 1 || format.BitsStored > container || format.HighBit >= container || format.HighBit + 1 < format.BitsStored
                ? string.Create(CultureInfo.InvariantCulture, $"{format.BitsStored} bits stored with high bit {format.HighBit} in {container} bits")
            : !double.IsFinite(instance.Rescale.Slope) || !double.IsFinite(instance.Rescale.Intercept) || instance.Rescale.Slope == 0
                ? string.Create(CultureInfo.InvariantCulture, $"rescale slope {instance.Rescale.Slope}, intercept {instance.Rescale.Intercept}")
            : null;
        return wrong is null
            ? null
            : Because(
                instance,
                ErrorCode.AttributeInvalid,
                "An attribute that gives the pixels their meaning is not possible.",
                "the value within its container, slope and intercept finite, slope not 0",
                wrong,
                "Export the image again.");
    }

    private static Finding Because(InstanceHeader instance, ErrorCode code, string message, string expected, string found, string hint) => new()
    {
        Code = code,
        Severity = code is ErrorCode.GeometryInvalid or ErrorCode.GeometryMissing or ErrorCode.AttributeInvalid ? FindingSeverity.Error : FindingSeverity.Info,
        Message = message,
        SopInstanceUids = [instance.SopInstanceUid],
        Sources = [instance.Source],
        Expected = expected,
        Found = found,
        Hint = hint,
    };

    [GeneratedRegex(@"locali[sz]er|\bscout\b|topogram|scanogram|surview|\bsurvey\b|3.?plane.?loc", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LocalizerName();

    private static string Size(InstanceHeader instance) =>
        string.Create(CultureInfo.InvariantCulture, $"{instance.Rows} x {instance.Columns}");
}
