using FellowOakDicom.Imaging.Codec;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FellowOakDicom;

/// <summary>Services of imaging.</summary>
public static partial class IServiceCollectionExtension
{
    /// <summary>Registers this table of codecs in place of the one before.</summary>
    public static IServiceCollection AddTranscoderManager<TTranscoderManager>(this IServiceCollection services)
        where TTranscoderManager : class, ITranscoderManager =>
        services.Replace(ServiceDescriptor.Singleton<ITranscoderManager, TTranscoderManager>());

    static partial void AddImaging(IServiceCollection services) =>
        services.TryAddSingleton<ITranscoderManager, DefaultTranscoderManager>();
}
