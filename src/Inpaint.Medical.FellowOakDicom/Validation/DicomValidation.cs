using System.Globalization;

namespace FellowOakDicom;

/// <summary>Rules of PS3.5 §6.2 for the text of one value.</summary>
public static class DicomValidation
{
    /// <summary>Whether values are checked when they are put into a dataset, unless the dataset says otherwise.</summary>
    public static bool PerformValidation { get; set; } = true;

    public static void ValidateAE(string content)
    {
        Limit(content, 16, DicomVR.AE);
        Require(!content.AsSpan().ContainsAnyInRange('\0', '\x1F') && !content.Contains('\\', StringComparison.Ordinal), content, DicomVR.AE,
            "value contains control characters or a backslash");
        Require(content.Length == 0 || content.Trim(' ').Length > 0, content, DicomVR.AE, "value may not consist only of spaces");
    }

    public static void ValidateAS(string content) =>
        Require(content.Length == 0 || (content.Length == 4 && Digits(content.AsSpan(0, 3)) && "DWMY".Contains(content[3], StringComparison.Ordinal)),
            content, DicomVR.AS, "value does not have the pattern nnnD, nnnW, nnnM or nnnY");

    public static void ValidateCS(string content)
    {
        Limit(content, 16, DicomVR.CS);
        Require(content.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is ' ' or '_'), content, DicomVR.CS,
            "value contains other characters than uppercase letters, digits, space and underscore");
    }

    public static void ValidateDA(string content)
    {
        string[] range = content.Trim(' ').Split('-');
        Require(range.Length <= 2, content, DicomVR.DA, "value contains more than one range separator");
        foreach (string date in range)
        {
            Require(date.Length == 0 || DateTime.TryParseExact(date, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), content,
                DicomVR.DA, "value is not a date of the form yyyymmdd");
        }
    }

    public static void ValidateDS(string content)
    {
        Limit(content, 16, DicomVR.DS);
        string number = content.Trim(' ');
        Require(number.Length == 0 || (number.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E')
            && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _)), content, DicomVR.DS, "value is not a decimal number");
    }

    public static void ValidateDT(string content)
    {
        string value = content.TrimEnd(' ');
        int separator = RangeSeparator(value);
        foreach (string part in separator < 0 ? [value] : new[] { value[..separator], value[(separator + 1)..] })
        {
            Require(part.Length == 0 || DicomDateRange.TryParseDateTime(part, out _, out _), content, DicomVR.DT,
                "value is not a date and time of the form yyyymmddhhmmss.ffffff&zzzz");
        }
    }

    public static void ValidateIS(string content)
    {
        Limit(content, 12, DicomVR.IS);
        string number = content.Trim(' ');
        Require(number.Length == 0 || int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _), content, DicomVR.IS,
            "value is not an integer of 32 bits");
    }

    public static void ValidateLO(string content) => Line(content, 64, DicomVR.LO);

    public static void ValidateLT(string content) => Limit(content, 10240, DicomVR.LT);

    public static void ValidatePN(string content)
    {
        string[] groups = content.Split('=');
        Require(groups.Length <= 3, content, DicomVR.PN, "value contains more than three component groups");
        foreach (string group in groups)
        {
            Limit(group, 64, DicomVR.PN);
            Require(group.Count(c => c == '^') <= 4, content, DicomVR.PN, "value contains more than five components");
            Require(!HasControl(group), content, DicomVR.PN, "value contains control characters");
        }
    }

    public static void ValidateSH(string content) => Line(content, 16, DicomVR.SH);

    public static void ValidateST(string content) => Limit(content, 1024, DicomVR.ST);

    public static void ValidateTM(string content)
    {
        string[] range = content.Trim(' ').Split('-');
        Require(range.Length <= 2, content, DicomVR.TM, "value contains more than one range separator");
        foreach (string time in range)
        {
            Require(time.Length == 0 || DicomDateRange.TryParseTime(time, out _, out _), content, DicomVR.TM, "value is not a time of the form hhmmss.ffffff");
        }
    }

    public static void ValidateUI(string content)
    {
        Limit(content, 64, DicomVR.UI);
        Require(content.Length == 0 || DicomUID.IsValidUid(content.TrimEnd('\0')), content, DicomVR.UI,
            "value is not a UID: components of digits without leading zeros, joined by dots");
    }

    /// <summary>Position of the hyphen that separates two date-times, told from one that begins an offset from UTC.</summary>
    internal static int RangeSeparator(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] != '-')
            {
                continue;
            }

            bool isOffset = i > 0 && i + 5 <= value.Length && Digits(value.AsSpan(i + 1, 4)) && (i + 5 == value.Length || value[i + 5] == '-')
                && int.Parse(value.AsSpan(i + 1, 4), NumberStyles.None, CultureInfo.InvariantCulture) <= 1400;
            if (!isOffset)
            {
                return i;
            }
        }

        return -1;
    }

    internal static void Require(bool condition, string content, DicomVR vr, string message)
    {
        if (!condition)
        {
            throw new DicomValidationException(content, vr, message);
        }
    }

    private static void Limit(string content, int maximum, DicomVR vr) =>
        Require(content.Length <= maximum, content, vr, FormattableString.Invariant($"value exceeds maximum length of {maximum} characters"));

    private static void Line(string content, int maximum, DicomVR vr)
    {
        Limit(content, maximum, vr);
        Require(!content.Contains('\\', StringComparison.Ordinal) && !HasControl(content), content, vr, "value contains control characters or a backslash");
    }

    private static bool HasControl(string content) => content.Any(c => c < ' ' && c != '\x1B');

    private static bool Digits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
