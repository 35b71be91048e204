using FellowOakDicom;

namespace Inpaint.Medical.Dicom;

/// <summary>How this product names itself in DICOM objects, and attributes newer than the dictionary of the oldest fo-dicom supported.</summary>
internal static class DicomNames
{
    public const string Manufacturer = "Inpaint.Medical";

    /// <summary>Private coding scheme: codes that no context group of the standard has.</summary>
    public const string CodingScheme = "99INPAINT";

    /// <summary>
    /// One fixed UID. PS3.5 B.2 prefers an owned root for this use; the product owns none, so it is a UUID's, made once and for all.
    /// </summary>
    public const string ImplementationClassUid = "2.25.285688374551876869625987231810211982408";

    public static readonly DicomTag SyntheticData = new(0x0008, 0x001C);
}
