using System.Text.Json;

namespace Inpaint.Medical.Nifti;

/// <summary>NAME.json beside NAME.nii.gz, where converters (dcm2niix) and data sets (BIDS) put the scanner's own words.</summary>
public static class NiftiSidecar
{
    /// <summary>Its "Modality" (MR, CT, …); null where there is no sidecar or it does not say.</summary>
    public static string? Modality(string niftiPath)
    {
        ArgumentNullException.ThrowIfNull(niftiPath);
        string stem = niftiPath.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? niftiPath[..^3] : niftiPath;
        string sidecar = Path.ChangeExtension(stem, ".json");
        if (!File.Exists(sidecar))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(sidecar));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Modality", out JsonElement modality)
                ? modality.GetString()
                : null;
        }
        catch (Exception cause) when (cause is JsonException or IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            // A sidecar is a courtesy: a wrong one must not keep the image from being read.
            return null;
        }
    }
}
