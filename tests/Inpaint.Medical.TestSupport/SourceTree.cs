using Xunit;

namespace Inpaint.Medical.TestSupport;

/// <summary>The sources that the tests were built from.</summary>
public static class SourceTree
{
    /// <summary>The root of the repository; skips the running test where the sources are not at hand.</summary>
    public static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Inpaint.Medical.sln")))
        {
            folder = folder.Parent;
        }

        Assert.SkipWhen(folder is null, "The sources are not at hand.");
        return folder!.FullName;
    }
}
