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
        var builder = new DerivedDatasetBuilder(series, survey, own, _numbers.Of(series, own.SeriesNumberBase, source.Headers), uids);

        StagedFolder folder = StagedFolder.Create(target);
        try
        {
            foreach (DerivedSlice slice in series.Slices)
            {
                DicomDataset dataset = builder.Build(slice, source.Open(slice.Reference));
                await folder.AddInstanceAsync(slice.SopInstanceUid, FileName(slice.InstanceNumber), Part10File.Bytes(dataset), cancellationToken);
            }

            return folder;
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    internal static string FileName(int instanceNumber) => string.Create(CultureInfo.InvariantCulture, $"IM{instanceNumber:D4}.dcm");
}
