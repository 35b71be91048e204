using Xunit;

namespace Inpaint.Medical.TestSupport;

/// <summary>
/// Real scans that tests use when they are at hand: the folder that INPAINT_DATA names, else <c>shared/data</c> beside or above the
/// repository. Nothing of it belongs to the repository, so a bare clone passes with these tests skipped by name.
/// </summary>
public static class RealData
{
    /// <summary>Why a test was skipped.</summary>
    public const string SkipReason = "Real data not found; set INPAINT_DATA to its folder.";

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The folder, or null.</summary>
    public static string? Root => Found.Value;

    public static bool IsAvailable => Root is not null;

    /// <summary>Path of a file or folder in the data; skips the running test if it is not there.</summary>
    public static string PathOf(params string[] parts)
    {
        string path = Path.Combine([Root ?? "", .. parts]);
        Assert.SkipUnless(Root is not null && (File.Exists(path) || Directory.Exists(path)), $"{SkipReason} Wanted: {Path.Combine(parts)}.");
        return path;
    }

    /// <summary>All files under a folder of the data, in ordinal order; skips the running test if the folder is not there.</summary>
    public static IReadOnlyList<string> FilesUnder(params string[] parts)
    {
        string[] files = Directory.GetFiles(PathOf(parts), "*", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("INPAINT_DATA") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(Path.Combine(candidate, "dicom")))
            {
                return candidate;
            }
        }

        return null;
    }
}
