using Microsoft.Extensions.DependencyInjection;

namespace FellowOakDicom;

/// <summary>Registration of the library's services. Imaging and network add theirs in parts of this class beside their code.</summary>
public static partial class IServiceCollectionExtension
{
    /// <summary>Registers what is missing; services registered before stay.</summary>
    public static IServiceCollection AddFellowOakDicom(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        AddImaging(services);
        AddNetwork(services);
        return services;
    }

    static partial void AddImaging(IServiceCollection services);

    static partial void AddNetwork(IServiceCollection services);
}
