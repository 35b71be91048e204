using System.Globalization;
using System.Runtime.CompilerServices;
using Inpaint.Medical.Core.Errors;
using Xunit;

namespace Inpaint.Medical.Cli.Tests;

/// <summary>docs/errors.md lists every code, with the exit code that the program really gives.</summary>
public sealed class ErrorDocumentationTests
{
    private static readonly Dictionary<string, string[]> Rows = File.ReadLines(Path.Combine(Root(), "docs", "errors.md"))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[1].Trim());

    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>().Where(code => code != ErrorCode.None)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void EveryCodeIsDocumented(ErrorCode code)
    {
        string[] cells = Assert.Contains(code.ToString(), (IDictionary<string, string[]>)Rows);
        Assert.Equal(((int)code).ToString(CultureInfo.InvariantCulture), cells[0]);
        Assert.Equal(ExitCode.Of(code).ToString(CultureInfo.InvariantCulture), cells[2]);
        Assert.All(cells, cell => Assert.NotEmpty(cell));
    }

    [Fact]
    public void NothingElseIsDocumented() =>
        Assert.Equal(Rows.Keys.Order(), Enum.GetNames<ErrorCode>().Where(name => name != nameof(ErrorCode.None)).Order());

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
