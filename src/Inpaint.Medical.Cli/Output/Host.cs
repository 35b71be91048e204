using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Dicom.Writing;
using Inpaint.Medical.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Inpaint.Medical.Cli.Output;

/// <summary>The services of one command.</summary>
internal sealed class Host : IDisposable
{
    private readonly ServiceProvider _services;

    public Host(string? protocolFolder = null, string? recordFolder = null, string? model = null, string device = "auto")
    {
        InpaintOptions options = InpaintOptions.FromEnvironment();
        _services = new ServiceCollection()
            .AddInpaint(options with { ProtocolFolder = protocolFolder ?? options.ProtocolFolder, RecordFolder = recordFolder, Model = model, Device = device })
            .BuildServiceProvider();
    }

    public IReadOnlyList<Protocol> Protocols => Get<IReadOnlyList<Protocol>>();

    public IReadOnlyList<IVolumeReconstructor> Methods => Get<IReadOnlyList<IVolumeReconstructor>>();

    public IUidFactory Uids => Get<IUidFactory>();

    public TimeProvider Time => Get<TimeProvider>();

    public ReconstructionPipeline Pipeline => Get<ReconstructionPipeline>();

    public DicomInstanceSource Source(IEnumerable<string> paths) => new(paths, Get<DicomSourceSettings>());

    public IInstanceSink Sink(DicomInstanceSource source, OutputFolder folder) =>
        new DerivedSeriesWriter(source, folder.FolderOf, Uids, Get<DerivedSeriesSettings>());

    public void Dispose() => _services.Dispose();

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
