using System.Globalization;
using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Timezone Offset From UTC (0008,0201) governs all times of an object, so ours are converted to the source's (PS3.3 C.12.1).</summary>
internal static class LocalTime
{
    public static DateTimeOffset Of(DateTimeOffset time, DicomDataset source) => OffsetOf(source) is { } offset ? time.ToOffset(offset) : time;

    private static TimeSpan? OffsetOf(DicomDataset source)
    {
        if (!source.TryGetString(DicomTag.TimezoneOffsetFromUTC, out string text) || text.Trim() is not { Length: 5 } sign || sign[0] is not ('+' or '-'))
        {
            return null;
        }

        return int.TryParse(sign.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            && int.TryParse(sign.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int minutes) && hours <= 14 && minutes < 60
                ? new TimeSpan(hours, minutes, 0) * (sign[0] == '-' ? -1 : 1)
                : null;
    }
}
