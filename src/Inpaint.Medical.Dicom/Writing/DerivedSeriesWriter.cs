using System.Globalization;
using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// Writes derived series as folders of DICOM files (Explicit VR Little Endian, uncompressed), IM0001.dcm … by instance number. The
/// same plan gives the same bytes. Never writes into an input folder.
/// </summary>
/// <param name="source">Where the sources were read from.</param>
/// <param name="folderOf">Output folder of a series.</param>
/// <param name="uids">Makes the installation's UIDs.</param>
/// <param name="settings">How the series present themselves.</param>
public sealed class DerivedSeriesWriter(DicomInstanceSource source, Func<DerivedSeries, string> folderOf, IUidFactory uids, DerivedSeriesSettings settings)
    : IInstanceSink
{
    private readonly SeriesNumbers _numbers = new();

    public async Task<IStagedDelivery> StageAsync(DerivedSeries series, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(series);
        string target = folderOf(series);
        InputFolders.RequireOutside(target, source.Paths);
        SourceSurvey survey = SourceSurvey.Of(series, source.Open, cancellationToken);
        DerivedSeriesSettings own = settings.With(series.Policy);
        int seriesNumber = _numbers.Of(series, own.SeriesNumberBase, source.Headers);

        StagedFolder folder = StagedFolder.Create(target);
        try
        {
            foreach ((string uid, int number, DicomDataset dataset) in Datasets(series, survey, own, seriesNumber))
            {
                await folder.AddInstanceAsync(uid, FileName(number), Part10File.Bytes(dataset), cancellationToken);
            }

            return folder;
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>One object a slice, or one for all of them: as the sources are.</summary>
    private IEnumerable<(string SopInstanceUid, int Number, DicomDataset Dataset)> Datasets(
        DerivedSeries series, SourceSurvey survey, DerivedSeriesSettings own, int seriesNumber)
    {
        DerivedSlice first = series.Slices[0];
        if (AttributePolicy.IsEnhanced(first.Reference.SopClassUid))
        {
            yield return (first.SopInstanceUid, 1, new EnhancedObjectBuilder(series, survey, own, seriesNumber, uids).Build(source.Open));
            yield break;
        }

        var builder = new DerivedDatasetBuilder(series, survey, own, seriesNumber, uids);
        foreach (DerivedSlice slice in series.Slices)
        {
            yield return (slice.SopInstanceUid, slice.InstanceNumber, builder.Build(slice, source.Open(slice.Reference)));
        }
    }

    internal static string FileName(int instanceNumber) => string.Create(CultureInfo.InvariantCulture, $"IM{instanceNumber:D4}.dcm");
}
