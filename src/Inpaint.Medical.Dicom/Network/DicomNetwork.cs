using FellowOakDicom;
using Microsoft.Extensions.DependencyInjection;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>Hooks the DICOM library's services into a host.</summary>
public static class DicomNetwork
{
    /// <summary>Registers the library's services; call before other registrations of the library.</summary>
    public static void Add(IServiceCollection services) => services.AddFellowOakDicom();

    /// <summary>Makes the library's static factories use the host's services.</summary>
    public static void Use(IServiceProvider services) => DicomSetupBuilder.UseServiceProvider(services);
}
