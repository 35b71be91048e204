using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using Inpaint.Medical.Core.Provenance;

namespace Inpaint.Medical.Hosting;

/// <summary>Our version and the versions of the libraries that were compiled in, known without loading any of them.</summary>
public static class SoftwareInventory
{
    private const string Prefix = "component:";

    public const string ProductName = "Inpaint.Medical";

    private static readonly Assembly Own = typeof(SoftwareInventory).Assembly;

    /// <summary>Version and, after a plus sign, the source revision where the build knew it.</summary>
    public static string ProductVersion { get; } =
        Own.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Own.GetName().Version?.ToString() ?? "0";

    /// <summary>Version without the source revision.</summary>
    public static string ShortVersion { get; } = ProductVersion.Split('+')[0];

    /// <summary>The product first, then the run time, then libraries by name.</summary>
    public static ImmutableArray<Component> Components { get; } =
    [
        new Component(ProductName, ProductVersion),
        new Component(".NET", RuntimeInformation.FrameworkDescription.Replace(".NET ", string.Empty, StringComparison.Ordinal)),
        .. Own.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(attribute => attribute.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(attribute => new Component(attribute.Key[Prefix.Length..], attribute.Value ?? string.Empty))
            .OrderBy(component => component.Name, StringComparer.Ordinal),
    ];
}
