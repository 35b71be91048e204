using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Dicom;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Dicom.Writing;
using Inpaint.Medical.Nifti;
using Inpaint.Medical.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Inpaint.Medical.Hosting;

/// <summary>The composition root of every host.</summary>
public static class InpaintServices
{
    /// <summary>Registers the pipeline and all that it needs; nothing is loaded before it is asked for.</summary>
    public static IServiceCollection AddInpaint(this IServiceCollection services, InpaintOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => ReproducibleTime.FromEnvironment());
        services.AddSingleton<IReadOnlyList<Protocol>>(_ => ProtocolFolder.Load(options.ProtocolFolder));
        services.AddSingleton<IReadOnlyList<IVolumeReconstructor>>(_ => ReconstructionMethods.Of(options));
        services.AddSingleton<IUidFactory>(_ => new DeterministicUidFactory(options.SecretBytes));
        services.AddSingleton(new DicomSourceSettings { SiteSecret = options.SecretBytes });
        services.AddSingleton(new DerivedSeriesSettings { Version = SoftwareInventory.ShortVersion, InstallationId = options.InstallationId });
        services.AddSingleton(provider => new ReconstructionPipeline(
            provider.GetRequiredService<IReadOnlyList<Protocol>>(),
            provider.GetRequiredService<IReadOnlyList<IVolumeReconstructor>>(),
            provider.GetRequiredService<IUidFactory>(),
            SoftwareInventory.Components,
            new NiftiUncertainty(),
            options.RecordFolder is null ? null : new RunRecordFolder(options.RecordFolder),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
