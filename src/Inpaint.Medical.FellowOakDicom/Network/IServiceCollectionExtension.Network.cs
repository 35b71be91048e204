using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FellowOakDicom;

/// <content>The services of the network part.</content>
public static partial class IServiceCollectionExtension
{
    public static IServiceCollection AddDicomClient(this IServiceCollection services, Action<DicomClientOptions> options = null)
    {
        services.TryAddSingleton<IDicomClientFactory, DefaultDicomClientFactory>();
        return Configured(services, options);
    }

    public static IServiceCollection AddDicomServer(this IServiceCollection services, Action<DicomServerOptions> options = null)
    {
        services.TryAddSingleton<IDicomServerRegistry, DefaultDicomServerRegistry>();
        services.TryAddSingleton<IDicomServerFactory, DefaultDicomServerFactory>();
        return Configured(services, options);
    }

    public static IServiceCollection AddNetworkManager<TNetworkManager>(this IServiceCollection services)
        where TNetworkManager : class, INetworkManager =>
        services.Replace(ServiceDescriptor.Singleton<INetworkManager, TNetworkManager>());

    static partial void AddNetwork(IServiceCollection services)
    {
        services.TryAddSingleton<INetworkManager, DesktopNetworkManager>();
        services.TryAddSingleton<DicomServiceDependencies>();
        services.TryAddSingleton<DicomServerDependencies>();
        services.AddDicomClient().AddDicomServer();
    }

    private static IServiceCollection Configured<TOptions>(IServiceCollection services, Action<TOptions> options)
        where TOptions : class
    {
        services.AddOptions<TOptions>();
        return options == null ? services : services.Configure(options);
    }
}
