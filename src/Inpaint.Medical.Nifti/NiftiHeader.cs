using System.Collections.Immutable;

namespace Inpaint.Medical.Nifti;

/// <summary>Header of a NIfTI-1 or NIfTI-2 file, checked; the bytes it came from are kept by <see cref="NiftiFile"/>.</summary>
/// <remarks>Field names and meanings: nifti1.h and nifti2.h of the NIfTI Data Format Working Group.</remarks>
public sealed record NiftiHeader
{
    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    /// <summary>Byte order of header and voxels.</summary>
    public required bool IsLittleEndian { get; init; }

    /// <summary>Field <c>dim</c>: [0] is the number of axes, [1..7] their lengths; unused axes are 1 here.</summary>
    public required ImmutableArray<long> Dim { get; init; }

    public required NiftiDataType DataType { get; init; }

    /// <summary>Field <c>pixdim</c> as stored: [0] is qfac, [1..3] spacing in <see cref="SpaceUnit"/>, [4] time step.</summary>
    public required ImmutableArray<double> PixDim { get; init; }

    /// <summary>Bytes from the start of the file to the first voxel.</summary>
    public required long VoxelOffset { get; init; }

    /// <summary>Field <c>scl_slope</c> as stored; 0 or not finite means that stored values are real values.</summary>
    public required double StoredSlope { get; init; }

    /// <summary>Field <c>scl_inter</c> as stored.</summary>
    public required double StoredIntercept { get; init; }

    /// <summary>Field <c>dim_info</c> as stored: bits 0-1 frequency, 2-3 phase, 4-5 slice axis (1 to 3, 0 unknown).</summary>
    public required byte DimInfo { get; init; }

    /// <summary>Field <c>xyzt_units</c> as stored.</summary>
    public required int Units { get; init; }

    public required int QformCode { get; init; }

    public required int SformCode { get; init; }

    /// <summary>Quaternion b, c, d and offset x, y, z.</summary>
    public required ImmutableArray<double> Qform { get; init; }

    /// <summary>Rows x, y, z of the sform, 12 values.</summary>
    public required ImmutableArray<double> Sform { get; init; }

    public required string Description { get; init; }

    public required string IntentName { get; init; }

    public required int IntentCode { get; init; }

    /// <summary>Bytes of the fixed header: 348 or 540.</summary>
    public int SizeInBytes => Version == 1 ? 348 : 540;

    /// <summary>True if real value = slope x stored + intercept; false if stored values are real values.</summary>
    public bool IsScaled => StoredSlope != 0 && double.IsFinite(StoredSlope) && (StoredSlope != 1 || StoredIntercept != 0);

    /// <summary>Slope that applies; 1 where none is declared.</summary>
    public double Slope => IsScaled ? StoredSlope : 1;

    /// <summary>Intercept that applies, in real units; 0 where none is declared.</summary>
    public double Intercept => IsScaled ? StoredIntercept : 0;

    /// <summary>Lengths of x, y and z.</summary>
    public (int X, int Y, int Z) Size => ((int)Dim[1], (int)Dim[2], (int)Dim[3]);

    /// <summary>Lengths of all axes, for messages: 256x256x192.</summary>
    public string Shape => string.Join('x', Dim.Skip(1).Take((int)Dim[0]));

    public long VoxelsPerVolume => Dim[1] * Dim[2] * Dim[3];

    /// <summary>Number of three-dimensional volumes: the product of axes 4 to 7.</summary>
    public long VolumeCount => Dim[4] * Dim[5] * Dim[6] * Dim[7];

    /// <summary>Millimetres per unit of space of this file; an unknown unit is taken as mm, as the standard's users do.</summary>
    public double MillimetresPerUnit => (Units & 7) switch { 1 => 1000, 3 => 0.001, _ => 1 };

    /// <summary>Name of the unit of space: metre, mm, micrometre or unknown.</summary>
    public string SpaceUnit => (Units & 7) switch { 1 => "metre", 2 => "mm", 3 => "micrometre", _ => "unknown" };

    /// <summary>Name of the unit of the fourth axis.</summary>
    public string TimeUnit => (Units & 56) switch
    {
        8 => "s",
        16 => "ms",
        24 => "us",
        32 => "Hz",
        40 => "ppm",
        48 => "rad/s",
        _ => "unknown",
    };
}
