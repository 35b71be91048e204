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
    private readonly IdentityAttributes _identity = new(series, survey, settings, seriesNumber, uids);
    private readonly DerivationAttributes _derivation = new(series, settings, uids);
    private readonly GeometryAttributes _geometry = new(series, survey);
    private readonly PixelAttributes _pixels = new(series, survey);

    /// <param name="slice">What to write.</param>
    /// <param name="reference">Data set of <see cref="DerivedSlice.Reference"/>.</param>
    public DicomDataset Build(DerivedSlice slice, DicomDataset reference)
    {
        DicomDataset target = Codes.Empty();
        CarriedAttributes.Add(survey, slice.Kind == SliceKind.Copy, reference, target);
        CarryPrivateBlocks(slice, reference, target);
        _identity.Add(slice.Reference.SopClassUid, slice.SopInstanceUid, slice.InstanceNumber, target);
        _derivation.Add(slice, reference, target);
        _geometry.Add(slice, reference, target);
        _pixels.Add(slice, reference, target);
        return target;
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
}
