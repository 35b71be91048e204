using System.Security.Cryptography;
using System.Text;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Validation;

namespace Inpaint.Medical.Hosting.Validation;

/// <summary>DICOM series of some files as volumes, named by their Series Instance UID.</summary>
internal sealed class DicomVolumes : IDisposable
{
    private readonly DicomInstanceSource _source;

    private DicomVolumes(DicomInstanceSource source, string split, IEnumerable<ImageSeries> series)
    {
        _source = source;
        Inputs = [.. series.Select(one => new ValidationInput(NameOf(one), split, () => DigestOf(one), () => Build(one)))];
    }

    public IReadOnlyList<IValidationInput> Inputs { get; }

    public static async Task<DicomVolumes> ReadAsync(IEnumerable<string> files, string split, CancellationToken cancellationToken)
    {
        var source = new DicomInstanceSource(files);
        try
        {
            // Files that are no images take part in nothing; a folder may well hold a README.
            InstanceSet received = await source.ReadHeadersAsync(cancellationToken).ConfigureAwait(false);
            return new DicomVolumes(source, split, GroupStage.Run(received).Series);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose() => _source.Dispose();

    private static string NameOf(ImageSeries series) =>
        series.Part.Length == 0 ? series.SeriesInstanceUid : $"{series.SeriesInstanceUid} {series.Part}";

    private BuiltVolume Build(ImageSeries series) => BuildVolumeStage.Run(series, _source, CancellationToken.None);

    // Of the digests of the instances in the order of their UIDs, so that file names do not matter.
    private string DigestOf(ImageSeries series)
    {
        IEnumerable<string> digests = series.Instances
            .OrderBy(instance => instance.SopInstanceUid, StringComparer.Ordinal).ThenBy(instance => instance.Frame).Select(_source.Sha256);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', digests))));
    }
}
