using Microsoft.Extensions.DependencyInjection;

namespace FellowOakDicom;

/// <summary>Gives the services that this library uses.</summary>
public interface IServiceProviderHost
{
    IServiceProvider GetServiceProvider();
}

public class DefaultServiceProviderHost : IServiceProviderHost
{
    private readonly IServiceProvider _serviceProvider;

    public DefaultServiceProviderHost(IServiceProvider serviceProvider) => _serviceProvider = serviceProvider;

    public IServiceProvider GetServiceProvider() => _serviceProvider;
}

/// <summary>Configures the library for the whole process; the last <see cref="Build"/> wins.</summary>
public class DicomSetupBuilder
{
    private readonly ServiceCollection _services = [];
    private readonly List<Action> _afterBuild = [];

    public DicomSetupBuilder() => _services.AddFellowOakDicom();

    public static void UseServiceProvider(IServiceProvider provider) => UseServiceProvider(new DefaultServiceProviderHost(provider));

    public static void UseServiceProvider(IServiceProviderHost host) => Setup.Host = host ?? throw new ArgumentNullException(nameof(host));

    public DicomSetupBuilder RegisterServices(Action<IServiceCollection> registerAction)
    {
        registerAction?.Invoke(_services);
        return this;
    }

    public void Build()
    {
        UseServiceProvider(_services.BuildServiceProvider());
        _afterBuild.ForEach(action => action());
    }

    internal DicomSetupBuilder AfterBuild(Action action)
    {
        _afterBuild.Add(action);
        return this;
    }
}

public static class DicomSetupBuilderExtensions
{
    /// <summary>Items put into datasets are validated.</summary>
    public static DicomSetupBuilder DoValidation(this DicomSetupBuilder builder) => builder.AfterBuild(() => DicomValidation.PerformValidation = true);

    /// <summary>Items put into datasets are not validated.</summary>
    public static DicomSetupBuilder SkipValidation(this DicomSetupBuilder builder) => builder.AfterBuild(() => DicomValidation.PerformValidation = false);
}

/// <summary>The process-wide services; a default provider is made on first use if nobody set one.</summary>
internal static class Setup
{
    private static readonly Lazy<IServiceProviderHost> DefaultHost =
        new(() => new DefaultServiceProviderHost(new ServiceCollection().AddFellowOakDicom().BuildServiceProvider()));

    public static IServiceProviderHost Host { get; set; }

    public static IServiceProvider ServiceProvider => (Host ?? DefaultHost.Value).GetServiceProvider();
}
