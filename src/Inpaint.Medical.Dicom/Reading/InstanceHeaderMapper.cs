using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>
/// Data set to <see cref="InstanceHeader"/>: classic images give one header, multi-frame images one for each frame, with the frame's
/// functional groups (PS3.3 C.7.6.16) applied. Objects without pixels give a header of zero rows.
/// </summary>
internal sealed class InstanceHeaderMapper(PatientKeys patientKeys)
{
    // A frame's header takes some kilobytes; no acquisition comes near this.
    private const int MostFrames = 1_000_000;

    /// <exception cref="InpaintException"><see cref="ErrorCode.InstanceUnreadable"/> when the object does not say what it is.</exception>
    public IReadOnlyList<InstanceHeader> Map(string source, DicomDataset dataset, string transferSyntaxUid, bool isTruncated, ICollection<Finding> findings)
    {
        var common = new AttributeReader(dataset, null, null, source, findings);
        InstanceHeader header = Identity(common, source, transferSyntaxUid, isTruncated);
        int frames = common.Integer(DicomTag.NumberOfFrames) is { } number and > 1 ? Math.Min(number, MostFrames) : 1;
        DicomDataset? shared = FirstItem(dataset, DicomTag.SharedFunctionalGroupsSequence);
        IList<DicomDataset> perFrame = dataset.TryGetSequence(DicomTag.PerFrameFunctionalGroupsSequence, out DicomSequence groups) ? groups.Items : [];
        if (shared is null && perFrame.Count == 0)
        {
            InstanceHeader image = Image(common, header);
            return frames == 1 ? [image] : [.. Enumerable.Range(0, frames).Select(frame => WithoutGroups(image, frame, frames))];
        }

        var headers = new InstanceHeader[frames];
        for (int frame = 0; frame < frames; frame++)
        {
            var attributes = new AttributeReader(dataset, shared, frame < perFrame.Count ? perFrame[frame] : null, source, findings);
            headers[frame] = Frame(attributes, Image(attributes, header) with { Frame = frame, FrameCount = frames });
        }

        return headers;
    }

    private InstanceHeader Identity(AttributeReader attributes, string source, string transferSyntaxUid, bool isTruncated) => new()
    {
        Source = source,
        SopClassUid = Required(attributes, DicomTag.SOPClassUID),
        SopInstanceUid = Required(attributes, DicomTag.SOPInstanceUID),
        SeriesInstanceUid = Required(attributes, DicomTag.SeriesInstanceUID),
        StudyInstanceUid = attributes.Text(DicomTag.StudyInstanceUID) ?? string.Empty,
        FrameOfReferenceUid = attributes.Text(DicomTag.FrameOfReferenceUID),
        PatientKey = patientKeys.KeyOf(attributes),
        Modality = attributes.Text(DicomTag.Modality) ?? string.Empty,
        SeriesDescription = attributes.Text(DicomTag.SeriesDescription),
        ProtocolName = attributes.Text(DicomTag.ProtocolName),
        BodyPartExamined = attributes.Text(DicomTag.BodyPartExamined),
        Manufacturer = attributes.Text(DicomTag.Manufacturer),
        SeriesNumber = attributes.Integer(DicomTag.SeriesNumber),
        ImagesInAcquisition = attributes.Integer(DicomTag.ImagesInAcquisition),
        Rows = attributes.Integer(DicomTag.Rows) ?? 0,
        Columns = attributes.Integer(DicomTag.Columns) ?? 0,
        SamplesPerPixel = attributes.Integer(DicomTag.SamplesPerPixel) ?? 1,
        PhotometricInterpretation = attributes.Text(DicomTag.PhotometricInterpretation) ?? "MONOCHROME2",
        Format = PixelFormats.Read(attributes),
        IsTiledMosaic = IsTiledMosaic(attributes),
        IsSynthetic = OwnOutput.Is(attributes),
        IsTruncated = isTruncated,
        TransferSyntaxUid = transferSyntaxUid,
    };

    /// <summary>What the classic and the multi-frame images share: functional group, else top level.</summary>
    private static InstanceHeader Image(AttributeReader attributes, InstanceHeader header)
    {
        double[]? orientation = attributes.Numbers(DicomTag.ImageOrientationPatient, 6, DicomTag.PlaneOrientationSequence);
        double[]? spacing = attributes.Numbers(DicomTag.PixelSpacing, 2, DicomTag.PixelMeasuresSequence);
        string[] imageType = attributes.Texts(DicomTag.ImageType);
        return header with
        {
            ImageType = [.. imageType],
            InstanceNumber = attributes.Integer(DicomTag.InstanceNumber),
            AcquisitionNumber = attributes.Integer(DicomTag.AcquisitionNumber),
            TemporalPosition = attributes.Integer(DicomTag.TemporalPositionIdentifier),
            EchoTimeMs = attributes.Number(DicomTag.EffectiveEchoTime, DicomTag.MREchoSequence) ?? attributes.Number(DicomTag.EchoTime),
            EchoNumber = attributes.Integer(DicomTag.EchoNumbers),
            BValue = Diffusion.BValue(attributes),
            DiffusionDirection = Diffusion.Direction(attributes),
            TriggerTimeMs = attributes.Number(DicomTag.NominalCardiacTriggerDelayTime, DicomTag.CardiacSynchronizationSequence)
                ?? attributes.Number(DicomTag.TriggerTime),
            ComplexComponent = ComplexComponent(attributes, imageType),
            AcquisitionTime = attributes.Text(DicomTag.AcquisitionTime) ?? attributes.Text(DicomTag.AcquisitionDateTime),
            Rescale = new Rescale(
                attributes.Number(DicomTag.RescaleSlope, DicomTag.PixelValueTransformationSequence) ?? 1,
                attributes.Number(DicomTag.RescaleIntercept, DicomTag.PixelValueTransformationSequence) ?? 0),
            Position = attributes.Vector(DicomTag.ImagePositionPatient, DicomTag.PlanePositionSequence),
            RowDirection = orientation is null ? null : new Vector3(orientation[0], orientation[1], orientation[2]),
            ColumnDirection = orientation is null ? null : new Vector3(orientation[3], orientation[4], orientation[5]),
            RowSpacingMm = spacing?[0],
            ColumnSpacingMm = spacing?[1],
            SliceThicknessMm = attributes.Number(DicomTag.SliceThickness, DicomTag.PixelMeasuresSequence),
            SpacingBetweenSlicesMm = attributes.Number(DicomTag.SpacingBetweenSlices, DicomTag.PixelMeasuresSequence),
            GantryTiltDegrees = attributes.Number(DicomTag.GantryDetectorTilt, DicomTag.CTGeometrySequence),
        };
    }

    /// <summary>Frame Content, Frame Type and their like, which classic images do not have.</summary>
    private static InstanceHeader Frame(AttributeReader attributes, InstanceHeader header)
    {
        DicomTag typeMacro = attributes.Group(DicomTag.CTImageFrameTypeSequence) is null
            ? DicomTag.MRImageFrameTypeSequence
            : DicomTag.CTImageFrameTypeSequence;
        string[] frameType = attributes.Texts(DicomTag.FrameType, typeMacro);
        return header with
        {
            ImageType = frameType.Length > 0 ? [.. frameType] : header.ImageType,
            ComplexComponent = Component(attributes.Text(DicomTag.ComplexImageComponent, typeMacro)) ?? header.ComplexComponent,
            InstanceNumber = header.FrameCount == 1
                ? header.InstanceNumber
                : attributes.Integer(DicomTag.InStackPositionNumber, DicomTag.FrameContentSequence) ?? header.Frame + 1,
            TemporalPosition = attributes.Integer(DicomTag.TemporalPositionIndex, DicomTag.FrameContentSequence) ?? header.TemporalPosition,
            AcquisitionNumber = attributes.Integer(DicomTag.FrameAcquisitionNumber, DicomTag.FrameContentSequence) ?? header.AcquisitionNumber,
            AcquisitionTime = attributes.Text(DicomTag.FrameAcquisitionDateTime, DicomTag.FrameContentSequence) ?? header.AcquisitionTime,
        };
    }

    /// <summary>Old multi-frame objects give one position for all frames, so that of a frame is not known.</summary>
    private static InstanceHeader WithoutGroups(InstanceHeader image, int frame, int frames) =>
        image with { Frame = frame, FrameCount = frames, InstanceNumber = frame + 1, Position = null };

    /// <summary>Complex Image Component (PS3.3 C.8.13.3.1.1), else what the vendors put into Image Type.</summary>
    private static string? ComplexComponent(AttributeReader attributes, string[] imageType)
    {
        string? fromType = imageType is [_, _, var third, ..] ? Letter(third) ?? (imageType is [_, _, _, var fourth, ..] ? Letter(fourth) : null) : null;
        return Component(attributes.Text(DicomTag.ComplexImageComponent)) ?? fromType
            ?? (attributes.PrivateNumbers("GEMS_PARM_01", 0x0043, 0x2F, DicomVR.SS) is [>= 0 and <= 3 and var code, ..]
                ? (code switch { 0 => "MAGNITUDE", 1 => "PHASE", 2 => "REAL", _ => "IMAGINARY" })
                : null);
    }

    private static string? Component(string? text) => text is "MAGNITUDE" or "PHASE" or "REAL" or "IMAGINARY" ? text : null;

    private static string? Letter(string value) => value switch
    {
        "M" => "MAGNITUDE",
        "P" => "PHASE",
        "R" => "REAL",
        "I" => "IMAGINARY",
        _ => null,
    };

    /// <summary>Siemens mosaics and UIH grids (VFRAME): one 2-D image of many slices.</summary>
    private static bool IsTiledMosaic(AttributeReader attributes) =>
        attributes.Texts(DicomTag.ImageType).Any(value => value is "MOSAIC" or "VFRAME")
        || attributes.PrivateNumbers("SIEMENS MR HEADER", 0x0019, 0x0A, DicomVR.US) is [> 1, ..]
        || attributes.PrivateNumbers("Image Private Header", 0x0065, 0x50, DicomVR.DS) is [> 1, ..];

    private static DicomDataset? FirstItem(DicomDataset dataset, DicomTag tag) =>
        dataset.TryGetSequence(tag, out DicomSequence sequence) && sequence.Items.Count > 0 ? sequence.Items[0] : null;

    private static string Required(AttributeReader attributes, DicomTag tag) => attributes.Text(tag)
        ?? throw new InpaintException(ErrorCode.InstanceUnreadable, $"{tag.DictionaryEntry.Name} {tag} is missing.");
}
