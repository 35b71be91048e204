using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>What must never be taken for an acquired image.</summary>
internal static class OwnOutput
{
    /// <summary>Synthetic Data (0008,001C) is YES, or the instance names our software as its creator.</summary>
    public static bool Is(AttributeReader attributes) =>
        attributes.Text(DicomNames.SyntheticData) == "YES" || attributes.Text(DicomTag.Manufacturer) == DicomNames.Manufacturer;
}
