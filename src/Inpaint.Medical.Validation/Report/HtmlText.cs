using System.Globalization;
using System.Net;
using System.Text;

namespace Inpaint.Medical.Validation.Report;

/// <summary>Text of a page: everything from outside is escaped, numbers are invariant.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    /// <summary>Markup written by us; interpolated values are escaped.</summary>
    public HtmlText Add(FormattableString markup)
    {
        object?[] values = markup.GetArguments();
        var escaped = new object?[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            escaped[i] = values[i] switch
            {
                HtmlText nested => nested.ToString(),
                string text => WebUtility.HtmlEncode(text),
                IFormattable or null => values[i],
                { } other => WebUtility.HtmlEncode(other.ToString()),
            };
        }

        _text.AppendFormat(CultureInfo.InvariantCulture, markup.Format, escaped);
        return this;
    }

    /// <summary>1 volume, 2 volumes.</summary>
    public static string Counted(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>Trusted text, as it is.</summary>
    public HtmlText AddRaw(string text)
    {
        _text.Append(text);
        return this;
    }

    public override string ToString() => _text.ToString();
}
