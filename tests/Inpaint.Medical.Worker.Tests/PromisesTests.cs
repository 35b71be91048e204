using System.Text.RegularExpressions;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Worker.Tests;

/// <summary>docs/promises.md names tests that exist.</summary>
public sealed partial class PromisesTests
{
    [Fact]
    public void EveryTestThatIsNamedExists()
    {
        string root = SourceTree.Root();
        (string Class, string Method)[] named = [.. Named().Matches(File.ReadAllText(Path.Combine(root, "docs", "promises.md")))
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value))];
        string[] sources = [.. Directory.GetFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];

        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.Contains(sources, source => source.Contains($"{test.Method}(", StringComparison.Ordinal)
            && (source.Contains($"class {test.Class}", StringComparison.Ordinal) || Inherits(sources, test.Class, source))));
    }

    /// <summary>Whether a class of that name has its tests from a class in <paramref name="source"/>.</summary>
    private static bool Inherits(string[] sources, string name, string source) => sources
        .Select(other => Regex.Match(other, $@"class {name}\b[^{{]*?:\s*(\w+)"))
        .Any(match => match.Success && source.Contains($"class {match.Groups[1].Value}", StringComparison.Ordinal));

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Named();
}
