using System.Globalization;
using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// Times that a source gives itself, as written there: Timezone Offset From UTC (0008,0201) is carried over with them, so they need no
/// conversion (PS3.3 C.12.1).
/// </summary>
internal static class SourceTime
{
    private static readonly (DicomTag Date, DicomTag Time)[] Pairs =
    [
        (DicomTag.StudyDate, DicomTag.StudyTime),
        (DicomTag.SeriesDate, DicomTag.SeriesTime),
        (DicomTag.AcquisitionDate, DicomTag.AcquisitionTime),
        (DicomTag.ContentDate, DicomTag.ContentTime),
        (DicomTag.InstanceCreationDate, DicomTag.InstanceCreationTime),
    ];

    // TM, and the form with colons of ACR-NEMA that old files have (PS3.5 6.2).
    private static readonly string[] Forms =
        [.. new[] { "HH", "HHmm", "HHmmss", "HH:mm", "HH:mm:ss", "HHmmss.FFFFFF", "HH:mm:ss.FFFFFF" }.Select(time => "yyyyMMdd " + time)];

    /// <summary>The latest moment of which both date and time are given; null where there is none.</summary>
    public static DateTime? LatestOf(DicomDataset dataset) => Pairs.Select(pair => Of(dataset, pair.Date, pair.Time)).Max();

    public static DateTime? Later(DateTime? one, DateTime? other) => one is null || other > one ? other : one;

    private static DateTime? Of(DicomDataset dataset, DicomTag date, DicomTag time) =>
        dataset.TryGetString(date, out string day) && dataset.TryGetString(time, out string hour)
        && DateTime.TryParseExact(
            $"{day.Replace(".", string.Empty, StringComparison.Ordinal).Trim()} {hour.Trim()}", Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime moment)
            ? moment
            : null;
}
