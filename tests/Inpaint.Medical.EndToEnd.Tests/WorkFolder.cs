namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>A folder of one test, removed after it.</summary>
public sealed class WorkFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("inpaint-e2e-");

    public string At(params string[] parts) => Path.Combine([_folder.FullName, .. parts]);

    /// <summary>A phantom series, damaged as told by further options; gives its folder.</summary>
    public string Phantom(string name, params string[] options)
    {
        InpaintProgram.Run(["sample", "phantom", "-o", At(name), "--count", "20", "--size", "32", .. options]).MustSucceed();
        return At(name);
    }

    /// <summary>Everything in the folder but <paramref name="known"/>, hidden leftovers included.</summary>
    public IEnumerable<string> Leftovers(params string[] known) =>
        _folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Except(known);

    public void Dispose() => _folder.Delete(recursive: true);
}
