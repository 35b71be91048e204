using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Coded terms that derived images carry (PS3.16), and the items around them.</summary>
internal static class Codes
{
    /// <summary>CID 7202.</summary>
    public static DicomDataset SourceImage => Item("121322", "DCM", "Source image for image processing operation");

    /// <summary>CID 7203.</summary>
    public static DicomDataset SpatialResampling => Item("113085", "DCM", "Spatial resampling");

    /// <summary>CID 7203.</summary>
    public static DicomDataset PixelByPixelMask => Item("113047", "DCM", "Pixel by pixel mask");

    /// <summary>CID 7203 has no code for what a network predicts.</summary>
    public static DicomDataset SliceSynthesis => Item("SLICESYN", DicomNames.CodingScheme, "Slice synthesis");

    /// <summary>A derived frame must say how it was derived, also where nothing was changed; the standard has no code for that.</summary>
    public static DicomDataset UnchangedCopy => Item("SLICECOPY", DicomNames.CodingScheme, "Slice copied unchanged");

    /// <summary>CID 7005.</summary>
    public static DicomDataset AcquisitionEquipment => Item("109101", "DCM", "Acquisition Equipment");

    /// <summary>CID 7005.</summary>
    public static DicomDataset SynthesizingEquipment => Item("109100", "DCM", "Synthesizing Equipment");

    /// <summary>CID 7005.</summary>
    public static DicomDataset ProcessingEquipment => Item("109102", "DCM", "Processing Equipment");

    /// <summary>Says what <see cref="DicomNames.CodingScheme"/> is.</summary>
    public static DicomDataset PrivateScheme => Empty()
        .Add(DicomTag.CodingSchemeDesignator, DicomNames.CodingScheme)
        .Add(DicomTag.CodingSchemeName, "Inpaint.Medical codes")
        .Add(DicomTag.CodingSchemeResponsibleOrganization, DicomNames.Manufacturer);

    /// <summary>A data set that takes values as they are: those of real sources need not be valid.</summary>
    public static DicomDataset Empty() => new DicomDataset().NotValidated();

    private static DicomDataset Item(string value, string scheme, string meaning) => Empty()
        .Add(DicomTag.CodeValue, value)
        .Add(DicomTag.CodingSchemeDesignator, scheme)
        .Add(DicomTag.CodeMeaning, meaning);
}
