using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Inpaint.Medical.Validation.Report;

/// <summary>Text of a page: everything from outside is escaped, numbers are invariant.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    /// <summary>Markup written by us; interpolated values are escaped.</summary>
    public HtmlText Add([InterpolatedStringHandlerArgument("")] in Markup markup)
    {
        _ = markup;
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

    public void CopyTo(TextWriter writer)
    {
        foreach (ReadOnlyMemory<char> chunk in _text.GetChunks())
        {
            writer.Write(chunk.Span);
        }
    }

    /// <summary>Writes the parts of an interpolated string straight into the text: a page of pictures is not copied once for each level of nesting.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Markup
    {
        private readonly StringBuilder _text;

        public Markup(int literalLength, int formattedCount, HtmlText text)
        {
            _text = text._text;
            _text.EnsureCapacity(_text.Length + literalLength + formattedCount);
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(HtmlText nested) => _text.Append(nested._text);

        public void AppendFormatted(string? value) => _text.Append(WebUtility.HtmlEncode(value));

        public void AppendFormatted(IFormattable? value, string? format = null) =>
            _text.Append(value?.ToString(format, CultureInfo.InvariantCulture));
    }
}
