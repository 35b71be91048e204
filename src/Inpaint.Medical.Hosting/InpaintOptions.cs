using System.Text;

namespace Inpaint.Medical.Hosting;

/// <summary>Settings of an installation; clinical settings are in protocols.</summary>
public sealed record InpaintOptions
{
    /// <summary>Folder of protocols; those that travel with the program by default.</summary>
    public string ProtocolFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "protocols");

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
