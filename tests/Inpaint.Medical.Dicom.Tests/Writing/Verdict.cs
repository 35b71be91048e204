using System.Text.RegularExpressions;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>
/// What dciodvfy says of a file, without what is accepted: its exit code does not tell, so the text is judged. Accepted are only
/// lines about what is newer than the tool, or what is the implementation's to choose.
/// </summary>
internal static partial class Verdict
{
    private static readonly string[] Accepted =
    [
        // Synthetic Data (0008,001C) was added to the standard after the tool was built.
        "</(0008,001c)>",
        // Device UID in Contributing Equipment Sequence, too.
        "/DeviceUID(0018,1002)> - Attribute is not present in standard DICOM IOD",
        // A private coding scheme, identified in Coding Scheme Identification Sequence.
        "Unrecognized defined term = <99INPAINT>",
        // Value 4 of Image Type is implementation specific (PS3.3 C.7.6.1.1.2).
        "</ImageType(0008,0008)[4]> - Unrecognized defined term",
    ];

    /// <summary>Error and Abort lines.</summary>
    public static string[] Errors(string path) => [.. Lines(path).Where(line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Abort", StringComparison.Ordinal))];

    /// <summary>Errors and warnings of a written file that none of its sources has.</summary>
    public static string[] New(string path, IEnumerable<string> sources)
    {
        var known = sources.SelectMany(Lines).Select(WithoutValues).ToHashSet();
        return [.. Lines(path).Where(line => !known.Contains(WithoutValues(line)))];
    }

    private static IEnumerable<string> Lines(string path)
    {
        Peer.Answer answer = Peer.Run("dciodvfy", "-new", path);
        return answer.ExitCode is 0 or 1
            ? answer.Lines.Where(line => MessageStart().IsMatch(line) && !Accepted.Any(accepted => line.Contains(accepted, StringComparison.Ordinal)))
            : [$"Abort - exit code {answer.ExitCode}"];
    }

    private static string WithoutValues(string line) => Value().Replace(line, string.Empty);

    [GeneratedRegex("^(Error|Warning|Abort) - ")]
    private static partial Regex MessageStart();

    [GeneratedRegex("= <.*?>")]
    private static partial Regex Value();
}
