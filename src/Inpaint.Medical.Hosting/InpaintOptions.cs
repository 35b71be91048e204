using System.Text;

namespace Inpaint.Medical.Hosting;

/// <summary>Settings of an installation; clinical settings are in protocols.</summary>
public sealed record InpaintOptions
{
    /// <summary>Folder of protocols; those that travel with the program by default.</summary>
    public string ProtocolFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "protocols");

    /// <summary>Folder of models; those that travel with the program by default.</summary>
    public string ModelFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>Name of the model behind the method transformer; null for the first one there is.</summary>
    public string? Model { get; init; }

    /// <summary>Device of learned methods: auto, cpu or cuda.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Keeps a record of every run, refused and failed ones too; null keeps only those beside the output.</summary>
    public string? RecordFolder { get; init; }

    /// <summary>Keys the UIDs and the patient hashes, so that nobody outside can tell what they came from.</summary>
    public string SiteSecret { get; init; } = string.Empty;

    /// <summary>Names the installation in the equipment attributes.</summary>
    public string InstallationId { get; init; } = "UNREGISTERED";

    internal byte[] SecretBytes => Encoding.UTF8.GetBytes(SiteSecret);

    /// <summary>INPAINT_SITE_SECRET and INPAINT_INSTALLATION_ID of the environment, defaults for the rest.</summary>
    public static InpaintOptions FromEnvironment() => new()
    {
        SiteSecret = Environment.GetEnvironmentVariable("INPAINT_SITE_SECRET") ?? string.Empty,
        InstallationId = Environment.GetEnvironmentVariable("INPAINT_INSTALLATION_ID") ?? "UNREGISTERED",
    };
}
