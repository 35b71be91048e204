namespace FellowOakDicom.Imaging;

/// <summary>What the samples of a pixel mean, (0028,0004). Source: PS3.3 §C.7.6.3.1.2.</summary>
public class PhotometricInterpretation : IEquatable<PhotometricInterpretation>
{
    public static readonly PhotometricInterpretation Monochrome1 = new("MONOCHROME1", "Monochrome 1", false);
    public static readonly PhotometricInterpretation Monochrome2 = new("MONOCHROME2", "Monochrome 2", false);
    public static readonly PhotometricInterpretation PaletteColor = new("PALETTE COLOR", "Palette Color", true);
    public static readonly PhotometricInterpretation Rgb = new("RGB", "RGB", true);
    public static readonly PhotometricInterpretation YbrFull = new("YBR_FULL", "YBR Full", true);
    public static readonly PhotometricInterpretation YbrFull422 = new("YBR_FULL_422", "YBR Full 4:2:2", true);
    public static readonly PhotometricInterpretation YbrPartial422 = new("YBR_PARTIAL_422", "YBR Partial 4:2:2", true);
    public static readonly PhotometricInterpretation YbrPartial420 = new("YBR_PARTIAL_420", "YBR Partial 4:2:0", true);
    public static readonly PhotometricInterpretation YbrIct = new("YBR_ICT", "YBR Irreversible Color Transformation", true);
    public static readonly PhotometricInterpretation YbrRct = new("YBR_RCT", "YBR Reversible Color Transformation", true);

    private static readonly PhotometricInterpretation[] Known =
        [Monochrome1, Monochrome2, PaletteColor, Rgb, YbrFull, YbrFull422, YbrPartial422, YbrPartial420, YbrIct, YbrRct];

    private PhotometricInterpretation(string value, string description, bool isColor)
    {
        Value = value;
        Description = description;
        IsColor = isColor;
    }

    /// <summary>As written in the data set.</summary>
    public string Value { get; }

    public string Description { get; }

    public bool IsColor { get; }

    public static bool operator ==(PhotometricInterpretation a, PhotometricInterpretation b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(PhotometricInterpretation a, PhotometricInterpretation b) => !(a == b);

    /// <exception cref="DicomImagingException">The value is not one of the Standard's.</exception>
    public static PhotometricInterpretation Parse(string photometricInterpretation)
    {
        string value = photometricInterpretation?.Trim();
        return Array.Find(Known, known => known.Value == value)
            ?? throw new DicomImagingException($"Unknown photometric interpretation '{value}'.");
    }

    public bool Equals(PhotometricInterpretation other) => other is not null && Value == other.Value;

    public override bool Equals(object obj) => Equals(obj as PhotometricInterpretation);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Value);

    public override string ToString() => Description;
}
