using Xunit;

namespace Inpaint.Medical.Dicom.Tests;

/// <summary>The real DICOM files, where they are: INPAINT_DATA, else shared/data beside the repository or above it.</summary>
internal static class RealDicom
{
    private static readonly Lazy<string?> Found = new(Find);

    public static string Folder
    {
        get
        {
            Assert.SkipWhen(Found.Value is null, "Real data are absent (INPAINT_DATA).");
            return Found.Value!;
        }
    }

    public static string File(string name) => Path.Combine(Folder, "files", name);

    /// <summary>Every file of every series, and the single files; licence texts and the like are left out.</summary>
    public static IEnumerable<string> Files() => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is not (".txt" or ".md" or ".json"))
        .Order(StringComparer.Ordinal);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("INPAINT_DATA") is { Length: > 0 } given)
        {
            return Existing(Path.Combine(given, "dicom"));
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Existing(Path.Combine(folder.FullName, "shared", "data", "dicom")) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? Existing(string path) => Directory.Exists(path) ? path : null;
}
