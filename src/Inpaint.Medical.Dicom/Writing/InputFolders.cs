using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Keeps output out of the input, symbolic links resolved.</summary>
internal static class InputFolders
{
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputInsideInput"/>.</exception>
    public static void RequireOutside(string target, IEnumerable<string> inputs)
    {
        string output = Resolve(target);
        foreach (string input in inputs.Where(Directory.Exists))
        {
            string folder = Resolve(input);
            if (output == folder || output.StartsWith(folder == "/" ? folder : folder + "/", StringComparison.Ordinal))
            {
                throw new InpaintException(ErrorCode.OutputInsideInput, $"Output '{target}' lies in the input folder '{input}'; choose a folder outside.");
            }
        }
    }

    /// <summary>Absolute path with all links of its existing part resolved.</summary>
    private static string Resolve(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string? parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        string resolved = Path.Combine(Resolve(parent), Path.GetFileName(path));
        FileSystemInfo? final = Directory.Exists(resolved) ? new DirectoryInfo(resolved).ResolveLinkTarget(returnFinalTarget: true) : null;
        return final is null ? resolved : Resolve(final.FullName);
    }
}
