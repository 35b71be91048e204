using System.Globalization;

namespace FellowOakDicom;

/// <summary>From one value to another, both included.</summary>
public class DicomRange<T> where T : IComparable<T>
{
    public DicomRange(T min, T max)
    {
        Minimum = min;
        Maximum = max;
    }

    public T Minimum { get; set; }

    public T Maximum { get; set; }

    public bool Contains(T value) => Minimum.CompareTo(value) <= 0 && Maximum.CompareTo(value) >= 0;

    /// <summary>Widens the range to include the value.</summary>
    public void Join(T value)
    {
        Minimum = Minimum.CompareTo(value) > 0 ? value : Minimum;
        Maximum = Maximum.CompareTo(value) < 0 ? value : Maximum;
    }
}

/// <summary>A range of dates or times; <see cref="DateTime.MinValue"/> and <see cref="DateTime.MaxValue"/> are open ends (PS3.4 §C.2.2.2.5).</summary>
public class DicomDateRange : DicomRange<DateTime>
{
    public DicomDateRange() : base(DateTime.MinValue, DateTime.MaxValue)
    {
    }

    public DicomDateRange(DateTime min, DateTime max) : base(min, max)
    {
    }

    public override string ToString() => ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    public string ToString(string format) => ToString(format, CultureInfo.InvariantCulture);

    public string ToString(string format, IFormatProvider provider)
    {
        string from = Minimum == DateTime.MinValue ? "" : Minimum.ToString(format, provider);
        string to = Maximum == DateTime.MaxValue ? "" : Maximum.ToString(format, provider);
        return Minimum == Maximum ? from : from.Length == 0 && to.Length == 0 ? "" : $"{from}-{to}";
    }

    internal static DicomDateRange ParseDates(string text) => Parse(text.Trim(' '), text.IndexOf('-', StringComparison.Ordinal), TryParseDate);

    internal static DicomDateRange ParseTimes(string text) => Parse(text.Trim(' '), text.IndexOf('-', StringComparison.Ordinal), TryParseTime);

    internal static DicomDateRange ParseDateTimes(string text) => Parse(text.Trim(' '), DicomValidation.RangeSeparator(text.Trim(' ')), TryParseDateTime);

    /// <summary>yyyymmdd, also yyyy.mm.dd of ACR-NEMA, yyyymm and yyyy.</summary>
    internal static bool TryParseDate(string text, out DateTime first, out DateTime last)
    {
        string digits = text.Replace(".", "", StringComparison.Ordinal).Trim(' ', '\0');
        return TryParse(digits, ["yyyyMMdd", "yyyyMM", "yyyy"], out first, out last);
    }

    /// <summary>hhmmss.ffffff down to hh, also with colons as in ACR-NEMA; on 1 January of year 1.</summary>
    internal static bool TryParseTime(string text, out DateTime first, out DateTime last)
    {
        string digits = text.Replace(":", "", StringComparison.Ordinal).Trim(' ', '\0');
        return TryParse("00010101" + digits, [.. TimeFormats.Select(format => "yyyyMMdd" + format)], out first, out last);
    }

    internal static bool TryParseDateTime(string text, out DateTime first, out DateTime last)
    {
        string digits = text.Trim(' ', '\0');
        int offset = digits.Length > 5 && digits[^5] is '+' or '-' ? digits.Length - 5 : digits.Length;
        string zone = digits.Length > 5 && digits[^5] is '+' or '-' ? digits[offset..] : "";
        digits = zone.Length > 0 ? digits[..offset] : digits;
        if (!TryParse(digits, [.. TimeFormats.Select(format => "yyyyMMdd" + format), "yyyyMMdd", "yyyyMM", "yyyy"], out first, out last))
        {
            return false;
        }

        if (zone.Length == 0)
        {
            return true;
        }

        if (!int.TryParse(zone.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int hoursMinutes) || hoursMinutes % 100 >= 60 || hoursMinutes > 1400)
        {
            return false;
        }

        var shift = new TimeSpan(hoursMinutes / 100, hoursMinutes % 100, 0) * (zone[0] == '-' ? -1 : 1);
        return TryToLocal(ref first, shift) && TryToLocal(ref last, shift);
    }

    private static readonly string[] TimeFormats =
        ["HHmmss", "HHmm", "HH", "HHmmss'.'f", "HHmmss'.'ff", "HHmmss'.'fff", "HHmmss'.'ffff", "HHmmss'.'fffff", "HHmmss'.'ffffff"];

    private delegate bool TryParsePoint(string text, out DateTime first, out DateTime last);

    private static bool TryToLocal(ref DateTime value, TimeSpan offset)
    {
        long ticks = value.Ticks - offset.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        value = new DateTime(ticks, DateTimeKind.Utc).ToLocalTime();
        return true;
    }

    private static bool TryParse(string digits, string[] formats, out DateTime first, out DateTime last)
    {
        last = default;
        foreach (string format in formats)
        {
            if (format.Replace("'", "", StringComparison.Ordinal).Length == digits.Length
                && DateTime.TryParseExact(digits, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out first))
            {
                last = EndOf(first, format);
                return true;
            }
        }

        first = default;
        return false;
    }

    /// <summary>The last moment that a value of lower precision includes.</summary>
    private static DateTime EndOf(DateTime first, string format) => first.Year == DateTime.MaxValue.Year ? first : format switch
    {
        "yyyy" => first.AddYears(1).AddTicks(-1),
        "yyyyMM" => first.AddMonths(1).AddTicks(-1),
        "yyyyMMddHH" => first.AddHours(1).AddTicks(-1),
        "yyyyMMddHHmm" => first.AddMinutes(1).AddTicks(-1),
        _ => first,
    };

    private static DicomDateRange Parse(string text, int separator, TryParsePoint parse)
    {
        string from = separator < 0 ? text : text[..separator];
        string to = separator < 0 ? text : text[(separator + 1)..];
        DateTime minimum = DateTime.MinValue, maximum = DateTime.MaxValue;
        if ((from.Length > 0 && !parse(from, out minimum, out _)) || (to.Length > 0 && !parse(to, out _, out maximum)))
        {
            throw new DicomDataException($"Expected a date, time or range of them, found \"{text}\".");
        }

        return new DicomDateRange(minimum, maximum);
    }
}
