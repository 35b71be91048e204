using System.Collections.Immutable;
using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Dicom.Writing;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>A series, real by name or of a folder, planned, written, and ready to be looked at.</summary>
internal sealed class Written : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Written(DicomInstanceSource source, ImmutableArray<InstanceHeader> instances)
    {
        Source = source;
        Instances = instances;
    }

    public DicomInstanceSource Source { get; }

    public ImmutableArray<InstanceHeader> Instances { get; }

    public DerivedSeries Series { get; private set; } = null!;

    public Delivery Delivery { get; private set; } = null!;

    public string Folder => _folder["out"];

    public IEnumerable<(DerivedSlice Slice, string Path)> Files => Series.Slices.Zip(Delivery.Instances, (slice, instance) => (slice, Path.Combine(Folder, instance.Location)));

    public static async Task<Written> Of(
        string series, MethodIdentity method, int repairedSlice = -1, OutputMode mode = OutputMode.Complete, Func<InstanceHeader, bool>? only = null)
    {
        var source = new DicomInstanceSource([Path.IsPathRooted(series) ? series : Path.Combine(RealDicom.Folder, series)]);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
        var written = new Written(source, [.. set.Instances.Where(only ?? (_ => true))]);
        written.Series = DerivedPlan.Of(source, written.Instances, method, repairedSlice, mode);
        written.Delivery = await written.Write(written.Folder);
        return written;
    }

    public async Task<Delivery> Write(string folder)
    {
        var writer = new DerivedSeriesWriter(Source, _ => folder, new DeterministicUidFactory(), DerivedSeriesSettings.Default);
        await using IStagedDelivery staged = await writer.StageAsync(Series, TestContext.Current.CancellationToken);
        await staged.CommitAsync(TestContext.Current.CancellationToken);
        return staged.Delivery;
    }

    public static DicomDataset Open(string path) => DicomFile.Open(path, FileReadOption.ReadAll).Dataset;

    public void Dispose()
    {
        Source.Dispose();
        _folder.Dispose();
    }
}
