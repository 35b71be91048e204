using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>An element of dates, times or both, or ranges of them.</summary>
public abstract class DicomDateElement : DicomMultiStringElement
{
    protected DicomDateElement(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    protected DicomDateElement(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    private protected override bool TryGetValue<T>(int index, out T value)
    {
        string text = ValueAt(index);
        if (typeof(T) == typeof(DicomDateRange))
        {
            return TryConvert(ParseRange(text), out value);
        }

        if (typeof(T) != typeof(DateTime) && typeof(T) != typeof(DateTime?) && typeof(T) != typeof(object))
        {
            return TryConvert(text, out value);
        }

        return TryParse(text, out DateTime point) ? TryConvert(point, out value)
            : throw new DicomDataException($"Value \"{text}\" of {Tag} is not of the form of {ValueRepresentation.Code}.");
    }

    private protected abstract bool TryParse(string text, out DateTime value);

    private protected abstract DicomDateRange ParseRange(string text);

    private protected static string[] Format(DateTime[] values, string format) =>
        [.. (values ?? []).Select(value => value.ToString(format, CultureInfo.InvariantCulture))];
}

public class DicomDate : DicomDateElement
{
    private const string Pattern = "yyyyMMdd";

    public DicomDate(DicomTag tag, params DateTime[] values) : base(tag, Format(values, Pattern))
    {
    }

    public DicomDate(DicomTag tag, DicomDateRange range) : base(tag, range.ToString(Pattern))
    {
    }

    public DicomDate(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomDate(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.DA;

    private protected override bool TryParse(string text, out DateTime value) => DicomDateRange.TryParseDate(text, out value, out _);

    private protected override DicomDateRange ParseRange(string text) => DicomDateRange.ParseDates(text);
}

public class DicomTime : DicomDateElement
{
    private const string Pattern = "HHmmss.FFFFFF";

    public DicomTime(DicomTag tag, params DateTime[] values) : base(tag, Format(values, Pattern))
    {
    }

    public DicomTime(DicomTag tag, DicomDateRange range) : base(tag, range.ToString(Pattern))
    {
    }

    public DicomTime(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomTime(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.TM;

    private protected override bool TryParse(string text, out DateTime value) => DicomDateRange.TryParseTime(text, out value, out _);

    private protected override DicomDateRange ParseRange(string text) => DicomDateRange.ParseTimes(text);
}

public class DicomDateTime : DicomDateElement
{
    private const string Pattern = "yyyyMMddHHmmss.FFFFFF";

    public DicomDateTime(DicomTag tag, params DateTime[] values) : base(tag, Format(values, Pattern))
    {
    }

    public DicomDateTime(DicomTag tag, DicomDateRange range) : base(tag, range.ToString(Pattern))
    {
    }

    public DicomDateTime(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomDateTime(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.DT;

    private protected override bool TryParse(string text, out DateTime value) => DicomDateRange.TryParseDateTime(text, out value, out _);

    private protected override DicomDateRange ParseRange(string text) => DicomDateRange.ParseDateTimes(text);
}
