namespace Inpaint.Medical.Nifti;

#pragma warning disable CA1720 // The standard's own names of the types.

/// <summary>Scalar types of stored voxels; the numbers are the header field <c>datatype</c>.</summary>
public enum NiftiDataType
{
    UInt8 = 2,
    Int16 = 4,
    Int32 = 8,
    Float32 = 16,
    Float64 = 64,
    Int8 = 256,
    UInt16 = 512,
    UInt32 = 768,
    Int64 = 1024,
    UInt64 = 1280,
}
#pragma warning restore CA1720

/// <summary>Size and name of the data types of NIfTI.</summary>
public static class NiftiDataTypes
{
    /// <summary>Bytes of one stored voxel.</summary>
    public static int SizeInBytes(this NiftiDataType type) => type switch
    {
        NiftiDataType.UInt8 or NiftiDataType.Int8 => 1,
        NiftiDataType.Int16 or NiftiDataType.UInt16 => 2,
        NiftiDataType.Int32 or NiftiDataType.UInt32 or NiftiDataType.Float32 => 4,
        _ => 8,
    };

    /// <summary>True for the two floating-point types, which may hold NaN.</summary>
    public static bool IsFloatingPoint(this NiftiDataType type) => type is NiftiDataType.Float32 or NiftiDataType.Float64;

    /// <summary>Name of a type that the standard knows and that is not read here, or null.</summary>
    internal static string? UnsupportedName(int code) => code switch
    {
        1 => "binary (1 bit)",
        32 => "complex64",
        128 => "RGB24",
        1536 => "float128",
        1792 => "complex128",
        2048 => "complex256",
        2304 => "RGBA32",
        _ => null,
    };
}
