using System.Globalization;
using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// One slice of a derived series as a data set. It starts empty: what the policy allows is carried over from the sources, the rest
/// is made anew. Same plan, same data set.
/// </summary>
internal sealed class DerivedDatasetBuilder(DerivedSeries series, SourceSurvey survey, DerivedSeriesSettings settings, int seriesNumber, IUidFactory uids)
{
    private const int MostDescription = 64;

    private readonly DerivationAttributes _derivation = new(series, survey, settings, uids);
    private readonly GeometryAttributes _geometry = new(series, survey);
    private readonly PixelAttributes _pixels = new(series, survey);

    /// <param name="slice">What to write.</param>
    /// <param name="reference">Data set of <see cref="DerivedSlice.Reference"/>.</param>
    public DicomDataset Build(DerivedSlice slice, DicomDataset reference)
    {
        DicomDataset target = Codes.Empty();
        Carry(slice, reference, target);
        CarryPrivateBlocks(slice, reference, target);
        Identify(slice, target);
        Describe(target);
        _derivation.Add(slice, reference, target);
        _geometry.Add(slice, reference, target);
        _pixels.Add(slice, reference, target);
        return target;
    }

    private void Carry(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        bool isCopy = slice.Kind == SliceKind.Copy;
        foreach (CarriedAttribute attribute in survey.Policy.Attributes)
        {
            DicomDataset source = attribute.Rule == CarryRule.Entity ? survey.Representative : reference;
            bool isCarried = attribute.Rule switch
            {
                CarryRule.Entity => true,
                CarryRule.Slice => isCopy || survey.IsUniform(attribute.Tag),
                CarryRule.Acquired => isCopy,
                _ => survey.IsUniform(attribute.Tag),
            };
            if (isCarried && source.GetDicomItem<DicomItem>(attribute.Tag) is { } item)
            {
                target.AddOrUpdate(item);
            }
            else if (attribute.Type == '2')
            {
                target.AddOrUpdate(attribute.Tag, Array.Empty<string>());
            }
        }
    }

    /// <summary>A copy is the acquired image, so what its vendor says of it stays true; of a predicted one it does not.</summary>
    private void CarryPrivateBlocks(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        if (slice.Kind != SliceKind.Copy || settings.PrivateCreators.IsEmpty)
        {
            return;
        }

        foreach (DicomItem item in reference.Where(item => item.Tag.Element > 0xFF && item.Tag.PrivateCreator is { } creator && settings.PrivateCreators.Contains(creator.Creator)))
        {
            target.AddOrUpdate(item);
        }
    }

    private void Identify(DerivedSlice slice, DicomDataset target)
    {
        DateTimeOffset planned = LocalTime.Of(series.PlannedAt, survey.Representative);
        string date = planned.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string time = planned.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture);
        foreach (DicomTag tag in new[] { DicomTag.InstanceCreationDate, DicomTag.SeriesDate, DicomTag.ContentDate })
        {
            target.AddOrUpdate(tag, date);
        }

        foreach (DicomTag tag in new[] { DicomTag.InstanceCreationTime, DicomTag.SeriesTime, DicomTag.ContentTime })
        {
            target.AddOrUpdate(tag, time);
        }

        target.AddOrUpdate(DicomTag.SOPClassUID, slice.Reference.SopClassUid);
        target.AddOrUpdate(DicomTag.SOPInstanceUID, slice.SopInstanceUid);
        target.AddOrUpdate(DicomTag.SeriesInstanceUID, series.SeriesInstanceUid);
        target.AddOrUpdate(DicomTag.InstanceCreatorUID, uids.Create("installation", settings.InstallationId));
        target.AddOrUpdate(DicomTag.InstanceNumber, slice.InstanceNumber.ToString(CultureInfo.InvariantCulture));
        target.AddOrUpdate(DicomTag.SeriesNumber, seriesNumber.ToString(CultureInfo.InvariantCulture));
    }

    private void Describe(DicomDataset target)
    {
        string source = survey.Representative.TryGetString(DicomTag.SeriesDescription, out string text) ? text.Trim() : string.Empty;
        string description = settings.DescriptionPrefix + source;
        target.AddOrUpdate(DicomTag.SeriesDescription, (description.Length <= MostDescription ? description : description[..MostDescription]).TrimEnd());
        Equipment.Add(settings, target);
        if (survey.BurnedInAnnotation is { } burnedIn)
        {
            target.AddOrUpdate(DicomTag.BurnedInAnnotation, burnedIn);
        }
    }
}
