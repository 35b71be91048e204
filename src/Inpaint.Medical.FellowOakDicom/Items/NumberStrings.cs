using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Decimal numbers as text of at most 16 characters.</summary>
public class DicomDecimalString : DicomMultiStringElement
{
    private const int MaximumLength = 16;

    public DicomDecimalString(DicomTag tag, params decimal[] values) : base(tag, [.. (values ?? []).Select(ToDecimalString)])
    {
    }

    public DicomDecimalString(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomDecimalString(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.DS;

    /// <summary>The number in full if it fits into 16 characters, else with 10 significant digits.</summary>
    public static string ToDecimalString(decimal value)
    {
        string exact = value.ToString("G29", CultureInfo.InvariantCulture);
        return exact.Length <= MaximumLength ? exact : value.ToString("G10", CultureInfo.InvariantCulture);
    }

    private protected override bool TryGetValue<T>(int index, out T value)
    {
        if (typeof(T) == typeof(string))
        {
            return TryConvert(ValueAt(index), out value);
        }

        ReadOnlySpan<char> text = ValueAt(index).AsSpan().Trim(" \0");
        if (typeof(T) == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            value = (T)(object)number;
            return true;
        }

        return TryConvert(Parse(text), out value);
    }

    /// <summary>A comma is a decimal comma, as some devices write it; a thousands separator it cannot be.</summary>
    private static decimal Parse(ReadOnlySpan<char> text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : decimal.Parse(text.ToString().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture);
}

/// <summary>Integers of 32 bits as text of at most 12 characters.</summary>
public class DicomIntegerString : DicomMultiStringElement
{
    public DicomIntegerString(DicomTag tag, params int[] values)
        : base(tag, [.. (values ?? []).Select(value => value.ToString(CultureInfo.InvariantCulture))])
    {
    }

    public DicomIntegerString(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomIntegerString(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.IS;

    private protected override bool TryGetValue<T>(int index, out T value) =>
        typeof(T) == typeof(string) ? TryConvert(ValueAt(index), out value) : TryConvert(Parse(ValueAt(index).AsSpan().Trim(" \0")), out value);

    /// <summary>"1.0" is one; a fraction or more than 32 bits overflow.</summary>
    private static int Parse(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.Integer | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
