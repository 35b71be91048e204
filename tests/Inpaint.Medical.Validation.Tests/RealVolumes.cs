using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Validation.Tests;

/// <summary>Real scans, where they are at hand.</summary>
internal static class RealVolumes
{
    /// <summary>INPAINT_DATA, or shared/data beside a folder above this one; null where there is none.</summary>
    public static string? Folder { get; } = Find();

    public static BuiltVolume Load(string path) => NiftiSeries.Open(path).Build(0).Built;

    public static IReadOnlyList<IValidationInput> Inputs(string part) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Folder!, part), "*.nii.gz").Select(path =>
            new ValidationInput(Path.GetFileName(path), part, () => "", () => Load(path))),
    ];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("INPAINT_DATA") is { Length: > 0 } given)
        {
            return Directory.Exists(given) ? given : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(Path.Combine(candidate, "val")))
            {
                return candidate;
            }
        }

        return null;
    }
}
