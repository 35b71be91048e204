using System.Collections.Immutable;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Series;

/// <summary>
/// What the pipeline needs to know of one image: a single-frame instance, or one frame of a multi-frame instance. No pixels.
/// Attributes keep DICOM's names; null means absent or empty.
/// </summary>
public sealed record InstanceHeader
{
    /// <summary>File or archive member, as shown to the operator; unique per instance within a run.</summary>
    public required string Source { get; init; }

    /// <summary>Zero-based frame within the instance.</summary>
    public int Frame { get; init; }

    public int FrameCount { get; init; } = 1;

    public required string SopClassUid { get; init; }

    public required string SopInstanceUid { get; init; }

    public required string StudyInstanceUid { get; init; }

    public required string SeriesInstanceUid { get; init; }

    public string? FrameOfReferenceUid { get; init; }

    /// <summary>Equal for instances of one patient; a hash that does not reveal who.</summary>
    public required string PatientKey { get; init; }

    public required string Modality { get; init; }

    public ImmutableArray<string> ImageType { get; init; } = [];

    public string? SeriesDescription { get; init; }

    public string? ProtocolName { get; init; }

    public string? BodyPartExamined { get; init; }

    public string? Manufacturer { get; init; }

    public int? SeriesNumber { get; init; }

    public int? InstanceNumber { get; init; }

    public int? AcquisitionNumber { get; init; }

    public int? ImagesInAcquisition { get; init; }

    public int? TemporalPosition { get; init; }

    public double? EchoTimeMs { get; init; }

    public int? EchoNumber { get; init; }

    public double? BValue { get; init; }

    /// <summary>Diffusion gradient direction, when the header gives one.</summary>
    public Vector3? DiffusionDirection { get; init; }

    public double? TriggerTimeMs { get; init; }

    /// <summary>Component of a complex image (magnitude, phase, real, imaginary), when the header names one.</summary>
    public string? ComplexComponent { get; init; }

    /// <summary>Acquisition Time as written, to tell repeats apart where nothing else does.</summary>
    public string? AcquisitionTime { get; init; }

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public int SamplesPerPixel { get; init; } = 1;

    public string PhotometricInterpretation { get; init; } = "MONOCHROME2";

    public required PixelFormat Format { get; init; }

    public Rescale Rescale { get; init; } = Rescale.Identity;

    /// <summary>Image Position (Patient), LPS mm.</summary>
    public Vector3? Position { get; init; }

    /// <summary>First three values of Image Orientation (Patient).</summary>
    public Vector3? RowDirection { get; init; }

    /// <summary>Last three values of Image Orientation (Patient).</summary>
    public Vector3? ColumnDirection { get; init; }

    public double? RowSpacingMm { get; init; }

    public double? ColumnSpacingMm { get; init; }

    public double? SliceThicknessMm { get; init; }

    public double? SpacingBetweenSlicesMm { get; init; }

    public double? GantryTiltDegrees { get; init; }

    /// <summary>Many slices tiled in one 2-D image (vendor mosaic).</summary>
    public bool IsTiledMosaic { get; init; }

    /// <summary>Synthetic Data (0008,001C) is YES, or the instance names our software as its creator.</summary>
    public bool IsSynthetic { get; init; }

    /// <summary>The data set ended before its declared end; pixels may be cut.</summary>
    public bool IsTruncated { get; init; }

    public required string TransferSyntaxUid { get; init; }

    /// <summary>Bytes of the decoded frame, native.</summary>
    public int FrameLength => checked(Rows * Columns * Format.BytesPerSample * SamplesPerPixel);
}
