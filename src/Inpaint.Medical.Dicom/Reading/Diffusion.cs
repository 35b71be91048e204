using FellowOakDicom;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>Diffusion weighting: the standard's attributes (PS3.3 C.8.13.5.9), else the vendors' private ones.</summary>
internal static class Diffusion
{
    // Philips writes 7.23e75 for "none"; no scanner reaches this.
    private const double HighestBValue = 1e6;

    public static double? BValue(AttributeReader attributes)
    {
        double? standard = attributes.Number(DicomTag.DiffusionBValue, DicomTag.MRDiffusionSequence);
        double? value = standard is >= 0 and < HighestBValue ? standard
            : First(attributes.PrivateNumbers("SIEMENS MR HEADER", 0x0019, 0x0C, DicomVR.IS))
            ?? First(attributes.PrivateNumbers("Philips Imaging DD 001", 0x2001, 0x03, DicomVR.FL))
            ?? First(attributes.PrivateNumbers("Image Private Header", 0x0065, 0x09, DicomVR.FD))
            ?? Ge(attributes.PrivateNumbers("GEMS_PARM_01", 0x0043, 0x39, DicomVR.IS));
        return value is >= 0 and < HighestBValue ? value : null;
    }

    public static Vector3? Direction(AttributeReader attributes)
    {
        Vector3? standard = attributes.Group(DicomTag.MRDiffusionSequence) is { } macro
            && macro.TryGetSequence(DicomTag.DiffusionGradientDirectionSequence, out DicomSequence directions)
            && directions.Items.Count > 0 && directions.Items[0].TryGetValues(DicomTag.DiffusionGradientOrientation, out double[] nested)
            && nested.Length == 3
                ? new Vector3(nested[0], nested[1], nested[2])
                : attributes.Vector(DicomTag.DiffusionGradientOrientation);
        return Checked(standard)
            ?? Checked(Vector(attributes.PrivateNumbers("SIEMENS MR HEADER", 0x0019, 0x0E, DicomVR.FD)))
            ?? Checked(Vector(attributes.PrivateNumbers("Image Private Header", 0x0065, 0x37, DicomVR.FD)));
    }

    /// <summary>GE adds 10^9 to some b-values; the rest of the digits above 10^5 are flags. 268435456 and the like are no weighting.</summary>
    private static double? Ge(double[] values)
    {
        double? value = First(values);
        return value >= 1e9 ? value - 1e9 : value;
    }

    private static double? First(double[] values) => values.Length > 0 ? values[0] : null;

    private static Vector3? Vector(double[] values) => values.Length >= 3 ? new Vector3(values[0], values[1], values[2]) : null;

    /// <summary>A direction has length 1; zeros and sentinels mean none.</summary>
    private static Vector3? Checked(Vector3? direction) =>
        direction is { IsFinite: true } vector && Math.Abs(vector.Length - 1) < 0.1 ? vector : null;
}
