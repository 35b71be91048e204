using System.Globalization;
using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>UIDs, numbers, times, description and equipment of a derived object.</summary>
internal sealed class IdentityAttributes(DerivedSeries series, SourceSurvey survey, DerivedSeriesSettings settings, int seriesNumber, IUidFactory uids)
{
    private const int MostDescription = 64;

    private static readonly DicomTag[] Dates = [DicomTag.SeriesDate, DicomTag.ContentDate];
    private static readonly DicomTag[] Times = [DicomTag.SeriesTime, DicomTag.ContentTime];

    public void Add(string sopClassUid, string sopInstanceUid, int instanceNumber, DicomDataset target)
    {
        AddTimes(target);
        target.AddOrUpdate(DicomTag.SOPClassUID, sopClassUid);
        target.AddOrUpdate(DicomTag.SOPInstanceUID, sopInstanceUid);
        target.AddOrUpdate(DicomTag.SeriesInstanceUID, series.SeriesInstanceUid);
        target.AddOrUpdate(DicomTag.InstanceCreatorUID, uids.Create("installation", settings.InstallationId));
        target.AddOrUpdate(DicomTag.InstanceNumber, instanceNumber.ToString(CultureInfo.InvariantCulture));
        target.AddOrUpdate(DicomTag.SeriesNumber, seriesNumber.ToString(CultureInfo.InvariantCulture));
        Describe(target);
        Equipment.Add(settings, target);
        if (survey.BurnedInAnnotation is { } burnedIn)
        {
            target.AddOrUpdate(DicomTag.BurnedInAnnotation, burnedIn);
        }
    }

    /// <summary>What the pixels show is not later than the last of the sources; when they were computed, the record says.</summary>
    private void AddTimes(DicomDataset target)
    {
        if (survey.LatestTime is not { } latest)
        {
            return;
        }

        foreach (DicomTag tag in Dates)
        {
            target.AddOrUpdate(tag, latest.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        }

        foreach (DicomTag tag in Times)
        {
            target.AddOrUpdate(tag, latest.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture));
        }
    }

    private void Describe(DicomDataset target)
    {
        string source = survey.Representative.TryGetString(DicomTag.SeriesDescription, out string text) ? text.Trim() : string.Empty;
        string description = settings.DescriptionPrefix + source;
        target.AddOrUpdate(DicomTag.SeriesDescription, (description.Length <= MostDescription ? description : description[..MostDescription]).TrimEnd());
    }
}
