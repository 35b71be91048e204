using System.Globalization;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Cli.Output;

/// <summary>Messages for the operator on stderr: one line each, with severity, code and name.</summary>
internal static class Messages
{
    public static void Error(ErrorCode code, string message) => Write("error", code, message);

    public static void Show(Finding finding)
    {
        bool isNamed = finding.Sources.IsDefaultOrEmpty || finding.Sources.All(source => finding.Message.Contains(source, StringComparison.Ordinal));
        string where = isNamed ? string.Empty : $" [{Files(finding.Sources)}]";
        string hint = finding.Hint is null ? string.Empty : $" {finding.Hint}";
        Write(finding.Severity.ToString().ToLowerInvariant(), finding.Code, $"{finding.Message}{where}{hint}");
    }

    public static void Note(string text) => Console.Error.WriteLine(text);

    private static void Write(string severity, ErrorCode code, string message) => Console.Error.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{severity} {(int)code} {code}: {message.ReplaceLineEndings(" ")}"));

    private static string Files(IReadOnlyList<string> sources)
    {
        const int Most = 3;
        string named = string.Join(", ", sources.Take(Most).Select(Path.GetFileName));
        return sources.Count <= Most ? named : string.Create(CultureInfo.InvariantCulture, $"{named} and {sources.Count - Most} more");
    }
}
