namespace Inpaint.Medical.Core.Volumes;

/// <summary>Type of one stored sample. DICOM uses the integers of 8, 16 and 32 bit; NIfTI all of them.</summary>
public enum SampleType
{
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    UInt64,
    Int64,
    Float32,
    Float64,
}

/// <summary>How samples are stored: little endian, native, one component (PS3.3 C.7.6.3; PS3.5 8.1).</summary>
/// <param name="Sample">Container type of one sample.</param>
/// <param name="BitsStored">Bits that carry the value; for floating point the container's size.</param>
/// <param name="HighBit">Most significant bit of the value, BitsStored − 1 in practice.</param>
/// <param name="PaddingValue">Stored value outside the field of view (Pixel Padding Value), if any.</param>
public sealed record PixelFormat(SampleType Sample, int BitsStored, int HighBit, long? PaddingValue = null)
{
    public int BytesPerSample => Sample switch
    {
        SampleType.UInt8 or SampleType.Int8 => 1,
        SampleType.UInt16 or SampleType.Int16 => 2,
        SampleType.UInt32 or SampleType.Int32 or SampleType.Float32 => 4,
        _ => 8,
    };

    public bool IsSigned => Sample is SampleType.Int8 or SampleType.Int16 or SampleType.Int32 or SampleType.Int64;

    public bool IsFloatingPoint => Sample is SampleType.Float32 or SampleType.Float64;
}

/// <summary>Real value = stored value × Slope + Intercept (PS3.3 C.11.1.1.2); unit HU for CT, arbitrary for MR.</summary>
public readonly record struct Rescale(double Slope, double Intercept)
{
    public static Rescale Identity => new(1, 0);
}
