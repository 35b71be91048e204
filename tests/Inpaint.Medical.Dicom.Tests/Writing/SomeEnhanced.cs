using System.Globalization;
using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>A synthetic Enhanced MR or CT object of eight frames, 2 mm apart, each frame a ramp of its own; it shows nothing.</summary>
internal static class SomeEnhanced
{
    public const int Frames = 8;
    private const int Rows = 12, Columns = 10;

    /// <summary>Writes the object into a folder and gives the folder.</summary>
    /// <param name="modality">MR or CT.</param>
    public static string Write(string folder, string modality)
    {
        Directory.CreateDirectory(folder);
        bool isCt = modality == "CT";
        DicomDataset target = Identity(isCt);
        AddEnhanced(target, isCt);
        target.Add(new DicomSequence(DicomTag.SharedFunctionalGroupsSequence, Shared(isCt)));
        target.Add(new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, [.. Enumerable.Range(0, Frames).Select(Frame)]));
        AddPixels(target, isCt);
        new DicomFile(target).Save(Path.Combine(folder, "enhanced.dcm"));
        return folder;
    }

    private static DicomDataset Identity(bool isCt) => new DicomDataset()
        .Add(DicomTag.SOPClassUID, isCt ? DicomUID.EnhancedCTImageStorage : DicomUID.EnhancedMRImageStorage)
        .Add(DicomTag.SOPInstanceUID, "2.25.1001")
        .Add(DicomTag.StudyInstanceUID, "2.25.1002")
        .Add(DicomTag.SeriesInstanceUID, "2.25.1003")
        .Add(DicomTag.FrameOfReferenceUID, "2.25.1004")
        .Add(DicomTag.PositionReferenceIndicator, string.Empty)
        .Add(DicomTag.PatientName, "PHANTOM^ENHANCED")
        .Add(DicomTag.PatientID, "PHANTOM")
        .Add(DicomTag.PatientBirthDate, string.Empty)
        .Add(DicomTag.PatientSex, "O")
        .Add(DicomTag.StudyDate, "20240131")
        .Add(DicomTag.StudyTime, "120000")
        .Add(DicomTag.StudyID, "1")
        .Add(DicomTag.AccessionNumber, string.Empty)
        .Add(DicomTag.ReferringPhysicianName, string.Empty)
        .Add(DicomTag.Modality, isCt ? "CT" : "MR")
        .Add(DicomTag.SeriesNumber, "3")
        .Add(DicomTag.SeriesDate, "20240131")
        .Add(DicomTag.SeriesTime, "120100")
        .Add(DicomTag.BodyPartExamined, "HEAD")
        .Add(DicomTag.PatientPosition, "HFS")
        .Add(DicomTag.Manufacturer, "Some maker")
        .Add(DicomTag.ManufacturerModelName, "Some model")
        .Add(DicomTag.DeviceSerialNumber, "1")
        .Add(DicomTag.SoftwareVersions, "1")
        .Add(DicomTag.InstanceNumber, "1");

    private static void AddEnhanced(DicomDataset target, bool isCt)
    {
        target.Add(new DicomCodeString(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "VOLUME", "NONE"));
        target.Add(DicomTag.ContentDate, "20240131").Add(DicomTag.ContentTime, "120200");
        target.Add(DicomTag.AcquisitionDateTime, "20240131120100").Add(DicomTag.AcquisitionNumber, "1").Add(DicomTag.AcquisitionDuration, 10.0);
        target.Add(DicomTag.ContentQualification, "RESEARCH").Add(DicomTag.PixelPresentation, "MONOCHROME");
        target.Add(DicomTag.VolumetricProperties, "VOLUME").Add(DicomTag.VolumeBasedCalculationTechnique, "NONE");
        target.Add(DicomTag.BurnedInAnnotation, "NO").Add(DicomTag.LossyImageCompression, "00").Add(DicomTag.PresentationLUTShape, "IDENTITY");
        target.Add(new DicomSequence(DicomTag.AcquisitionContextSequence));
        target.Add(new DicomSequence(DicomTag.DimensionOrganizationSequence, new DicomDataset().Add(DicomTag.DimensionOrganizationUID, "2.25.1005")));
        target.Add(new DicomSequence(DicomTag.DimensionIndexSequence, Index(DicomTag.StackID), Index(DicomTag.InStackPositionNumber)));
        if (!isCt)
        {
            target.Add(DicomTag.ComplexImageComponent, "MAGNITUDE").Add(DicomTag.AcquisitionContrast, "T1");
            target.Add(DicomTag.ResonantNucleus, "1H").Add(DicomTag.MagneticFieldStrength, 1.5).Add(DicomTag.KSpaceFiltering, "NONE");
            target.Add(DicomTag.ApplicableSafetyStandardAgency, "IEC");
        }
    }

    private static DicomDataset Index(DicomTag pointer) => new DicomDataset()
        .Add(DicomTag.DimensionOrganizationUID, "2.25.1005")
        .Add(DicomTag.DimensionIndexPointer, pointer)
        .Add(DicomTag.FunctionalGroupPointer, DicomTag.FrameContentSequence);

    private static DicomDataset Shared(bool isCt)
    {
        DicomDataset type = new DicomDataset()
            .Add(new DicomCodeString(DicomTag.FrameType, "ORIGINAL", "PRIMARY", "VOLUME", "NONE"))
            .Add(DicomTag.PixelPresentation, "MONOCHROME")
            .Add(DicomTag.VolumetricProperties, "VOLUME")
            .Add(DicomTag.VolumeBasedCalculationTechnique, "NONE");
        if (!isCt)
        {
            type.Add(DicomTag.ComplexImageComponent, "MAGNITUDE").Add(DicomTag.AcquisitionContrast, "T1");
        }

        return new DicomDataset()
            .Add(Item(DicomTag.PixelMeasuresSequence, new DicomDataset()
                .Add(DicomTag.PixelSpacing, "1", "1").Add(DicomTag.SliceThickness, "2").Add(DicomTag.SpacingBetweenSlices, "2")))
            .Add(Item(DicomTag.PlaneOrientationSequence, new DicomDataset().Add(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")))
            .Add(Item(DicomTag.PixelValueTransformationSequence, new DicomDataset()
                .Add(DicomTag.RescaleIntercept, isCt ? "-1024" : "0").Add(DicomTag.RescaleSlope, "1").Add(DicomTag.RescaleType, isCt ? "HU" : "US")))
            .Add(Item(DicomTag.FrameVOILUTSequence, new DicomDataset().Add(DicomTag.WindowCenter, "200").Add(DicomTag.WindowWidth, "400")))
            .Add(Item(isCt ? DicomTag.CTImageFrameTypeSequence : DicomTag.MRImageFrameTypeSequence, type));
    }

    private static DicomDataset Frame(int number) => new DicomDataset()
        .Add(Item(DicomTag.FrameContentSequence, new DicomDataset()
            .Add(DicomTag.FrameAcquisitionDateTime, "20240131120100")
            .Add(DicomTag.FrameReferenceDateTime, "20240131120100")
            .Add(DicomTag.FrameAcquisitionDuration, 10.0)
            .Add(DicomTag.DimensionIndexValues, 1u, (uint)(number + 1))
            .Add(DicomTag.StackID, "1")
            .Add(DicomTag.InStackPositionNumber, (uint)(number + 1))))
        .Add(Item(DicomTag.PlanePositionSequence, new DicomDataset()
            .Add(DicomTag.ImagePositionPatient, "-5", "-6", (2 * number).ToString(CultureInfo.InvariantCulture))));

    private static DicomSequence Item(DicomTag tag, DicomDataset item) => new(tag, item);

    private static void AddPixels(DicomDataset target, bool isCt)
    {
        target.Add(DicomTag.NumberOfFrames, Frames.ToString(CultureInfo.InvariantCulture));
        target.Add(DicomTag.Rows, (ushort)Rows).Add(DicomTag.Columns, (ushort)Columns).Add(DicomTag.SamplesPerPixel, (ushort)1);
        target.Add(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        target.Add(DicomTag.BitsAllocated, (ushort)16).Add(DicomTag.BitsStored, (ushort)(isCt ? 16 : 12)).Add(DicomTag.HighBit, (ushort)(isCt ? 15 : 11));
        target.Add(DicomTag.PixelRepresentation, (ushort)0);
        target.Add(DicomVR.OW, DicomTag.PixelData, [.. Enumerable.Range(0, Frames * Rows * Columns).Select(i => (ushort)((i % (Rows * Columns)) + (100 * (i / (Rows * Columns)))))]);
    }
}
