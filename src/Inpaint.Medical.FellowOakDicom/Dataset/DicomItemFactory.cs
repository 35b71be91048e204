using System.Globalization;
using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Makes items of a representation, from bytes that were read or from values.</summary>
internal static class DicomItemFactory
{
    private static readonly Func<DicomTag, IByteBuffer, Encoding[], DicomElement>[] Makers = MakeMakers();

    public static DicomElement FromBytes(DicomVR vr, DicomTag tag, IByteBuffer data, Encoding[] encodings) => Makers[vr.Index](tag, data, encodings);

    /// <exception cref="InvalidOperationException">The representation cannot be made from values of this type.</exception>
    public static DicomItem FromValues<T>(DicomVR vr, DicomTag tag, T[] values)
    {
        ArgumentNullException.ThrowIfNull(vr);
        ArgumentNullException.ThrowIfNull(tag);
        values ??= [];
        if (vr == DicomVR.SQ)
        {
            return Sequence(tag, values);
        }

        if (values is IByteBuffer[] { Length: 1 } buffers && !vr.IsString)
        {
            return FromBytes(vr, tag, buffers[0], DicomEncoding.DefaultArray);
        }

        return vr.IsString ? Text(vr, tag, values) : Binary(vr, tag, values);
    }

    private static DicomSequence Sequence<T>(DicomTag tag, T[] values) =>
        values is DicomSequence[] { Length: 1 } sequences ? DicomSequence.Of(tag, [.. sequences[0].Items])
        : typeof(DicomDataset).IsAssignableFrom(typeof(T)) ? DicomSequence.Of(tag, [.. values.Cast<DicomDataset>().Where(item => item is not null)])
        : values.Length == 0 ? new DicomSequence(tag)
        : throw Unsupported<T>(DicomVR.SQ, tag);

    private static DicomElement Text<T>(DicomVR vr, DicomTag tag, T[] values)
    {
        string[] texts = values switch
        {
            string[] given => given,
            { Length: 0 } => [],
            _ when vr == DicomVR.CS && typeof(T).IsEnum => [.. values.Select(value => value.ToString().ToUpperInvariant())],
            _ when vr == DicomVR.IS && values is int[] numbers => [.. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))],
            _ when vr == DicomVR.DS => DecimalTexts(values),
            _ when vr == DicomVR.UI && values is DicomUID[] uids => [.. uids.Select(uid => uid?.UID ?? "")],
            _ when vr == DicomVR.UI && values is DicomTransferSyntax[] syntaxes => [.. syntaxes.Select(syntax => syntax?.UID.UID ?? "")],
            DateTime[] dates => null,
            DicomDateRange[] => null,
            _ => throw Unsupported<T>(vr, tag),
        };
        if (texts is null && values is DateTime[] points)
        {
            return vr == DicomVR.DA ? new DicomDate(tag, points) : vr == DicomVR.TM ? new DicomTime(tag, points)
                : vr == DicomVR.DT ? new DicomDateTime(tag, points) : throw Unsupported<T>(vr, tag);
        }

        if (texts is null && values is DicomDateRange[] ranges)
        {
            return vr == DicomVR.DA ? new DicomDate(tag, ranges[0]) : vr == DicomVR.TM ? new DicomTime(tag, ranges[0])
                : vr == DicomVR.DT ? new DicomDateTime(tag, ranges[0]) : throw Unsupported<T>(vr, tag);
        }

        return FromTexts(vr, tag, texts ?? throw Unsupported<T>(vr, tag));
    }

    private static string[] DecimalTexts<T>(T[] values) => values switch
    {
        decimal[] numbers => [.. numbers.Select(DicomDecimalString.ToDecimalString)],
        double[] numbers => [.. numbers.Select(number => DicomDecimalString.ToDecimalString((decimal)number))],
        float[] numbers => [.. numbers.Select(number => DicomDecimalString.ToDecimalString((decimal)number))],
        _ => null,
    };

    private static DicomElement FromTexts(DicomVR vr, DicomTag tag, string[] texts)
    {
        string first = texts.Length == 0 ? "" : texts[0];
        return vr.Code switch
        {
            "AE" => new DicomApplicationEntity(tag, texts),
            "AS" => new DicomAgeString(tag, texts),
            "CS" => new DicomCodeString(tag, texts),
            "DA" => new DicomDate(tag, texts),
            "DS" => new DicomDecimalString(tag, texts),
            "DT" => new DicomDateTime(tag, texts),
            "IS" => new DicomIntegerString(tag, texts),
            "LO" => new DicomLongString(tag, texts),
            "LT" => new DicomLongText(tag, first),
            "PN" => new DicomPersonName(tag, texts),
            "SH" => new DicomShortString(tag, texts),
            "ST" => new DicomShortText(tag, first),
            "TM" => new DicomTime(tag, texts),
            "UC" => new DicomUnlimitedCharacters(tag, texts),
            "UI" => new DicomUniqueIdentifier(tag, texts),
            "UR" => new DicomUniversalResource(tag, first),
            _ => new DicomUnlimitedText(tag, first),
        };
    }

    private static DicomElement Binary<T>(DicomVR vr, DicomTag tag, T[] values) => vr.Code switch
    {
        "US" => new DicomUnsignedShort(tag, Numbers<T, ushort>(vr, tag, values)),
        "SS" => new DicomSignedShort(tag, Numbers<T, short>(vr, tag, values)),
        "UL" => new DicomUnsignedLong(tag, Numbers<T, uint>(vr, tag, values)),
        "SL" => new DicomSignedLong(tag, Numbers<T, int>(vr, tag, values)),
        "UV" => new DicomUnsignedVeryLong(tag, Numbers<T, ulong>(vr, tag, values)),
        "SV" => new DicomSignedVeryLong(tag, Numbers<T, long>(vr, tag, values)),
        "FL" => new DicomFloatingPointSingle(tag, values is double[] doubles ? [.. doubles.Select(value => (float)value)] : Numbers<T, float>(vr, tag, values)),
        "FD" => new DicomFloatingPointDouble(tag, values is float[] floats ? [.. floats.Select(value => (double)value)] : Numbers<T, double>(vr, tag, values)),
        "AT" => new DicomAttributeTag(tag, values is string[] texts ? [.. texts.Select(DicomTag.Parse)] : Exactly<T, DicomTag>(vr, tag, values)),
        "OB" => new DicomOtherByte(tag, Exactly<T, byte>(vr, tag, values)),
        "OW" => new DicomOtherWord(tag, Exactly<T, ushort>(vr, tag, values)),
        "OL" => new DicomOtherLong(tag, Exactly<T, uint>(vr, tag, values)),
        "OF" => new DicomOtherFloat(tag, Exactly<T, float>(vr, tag, values)),
        "OD" => new DicomOtherDouble(tag, Exactly<T, double>(vr, tag, values)),
        "OV" => new DicomOtherVeryLong(tag, Exactly<T, ulong>(vr, tag, values)),
        "UN" => new DicomUnknown(tag, Exactly<T, byte>(vr, tag, values)),
        _ => throw Unsupported<T>(vr, tag),
    };

    private static TNumber[] Numbers<T, TNumber>(DicomVR vr, DicomTag tag, T[] values) where TNumber : IParsable<TNumber> =>
        values is string[] texts
            ? [.. texts.SelectMany(text => text.Split('\\')).Where(text => text.Length > 0).Select(text => TNumber.Parse(text, CultureInfo.InvariantCulture))]
            : Exactly<T, TNumber>(vr, tag, values);

    private static TNumber[] Exactly<T, TNumber>(DicomVR vr, DicomTag tag, T[] values) =>
        typeof(T) == typeof(TNumber) ? (TNumber[])(object)values : values.Length == 0 ? [] : throw Unsupported<T>(vr, tag);

    private static InvalidOperationException Unsupported<T>(DicomVR vr, DicomTag tag) =>
        new($"Unable to create DICOM element of type {vr.Code} for {tag} with values of type {typeof(T)}");

    private static Func<DicomTag, IByteBuffer, Encoding[], DicomElement>[] MakeMakers()
    {
        var makers = new Func<DicomTag, IByteBuffer, Encoding[], DicomElement>[DicomVR.IndexSize];
        Array.Fill(makers, static (tag, data, _) => new DicomUnknown(tag, data));
        Set(DicomVR.AE, static (tag, data, _) => new DicomApplicationEntity(tag, data));
        Set(DicomVR.AS, static (tag, data, _) => new DicomAgeString(tag, data));
        Set(DicomVR.AT, static (tag, data, _) => new DicomAttributeTag(tag, data));
        Set(DicomVR.CS, static (tag, data, _) => new DicomCodeString(tag, data));
        Set(DicomVR.DA, static (tag, data, _) => new DicomDate(tag, data));
        Set(DicomVR.DS, static (tag, data, _) => new DicomDecimalString(tag, data));
        Set(DicomVR.DT, static (tag, data, _) => new DicomDateTime(tag, data));
        Set(DicomVR.FD, static (tag, data, _) => new DicomFloatingPointDouble(tag, data));
        Set(DicomVR.FL, static (tag, data, _) => new DicomFloatingPointSingle(tag, data));
        Set(DicomVR.IS, static (tag, data, _) => new DicomIntegerString(tag, data));
        Set(DicomVR.LO, static (tag, data, encodings) => new DicomLongString(tag, encodings, data));
        Set(DicomVR.LT, static (tag, data, encodings) => new DicomLongText(tag, encodings, data));
        Set(DicomVR.OB, static (tag, data, _) => new DicomOtherByte(tag, data));
        Set(DicomVR.OD, static (tag, data, _) => new DicomOtherDouble(tag, data));
        Set(DicomVR.OF, static (tag, data, _) => new DicomOtherFloat(tag, data));
        Set(DicomVR.OL, static (tag, data, _) => new DicomOtherLong(tag, data));
        Set(DicomVR.OV, static (tag, data, _) => new DicomOtherVeryLong(tag, data));
        Set(DicomVR.OW, static (tag, data, _) => new DicomOtherWord(tag, data));
        Set(DicomVR.PN, static (tag, data, encodings) => new DicomPersonName(tag, encodings, data));
        Set(DicomVR.SH, static (tag, data, encodings) => new DicomShortString(tag, encodings, data));
        Set(DicomVR.SL, static (tag, data, _) => new DicomSignedLong(tag, data));
        Set(DicomVR.SS, static (tag, data, _) => new DicomSignedShort(tag, data));
        Set(DicomVR.ST, static (tag, data, encodings) => new DicomShortText(tag, encodings, data));
        Set(DicomVR.SV, static (tag, data, _) => new DicomSignedVeryLong(tag, data));
        Set(DicomVR.TM, static (tag, data, _) => new DicomTime(tag, data));
        Set(DicomVR.UC, static (tag, data, encodings) => new DicomUnlimitedCharacters(tag, encodings, data));
        Set(DicomVR.UI, static (tag, data, _) => new DicomUniqueIdentifier(tag, data));
        Set(DicomVR.UL, static (tag, data, _) => new DicomUnsignedLong(tag, data));
        Set(DicomVR.UR, static (tag, data, _) => new DicomUniversalResource(tag, data));
        Set(DicomVR.US, static (tag, data, _) => new DicomUnsignedShort(tag, data));
        Set(DicomVR.UT, static (tag, data, encodings) => new DicomUnlimitedText(tag, encodings, data));
        Set(DicomVR.UV, static (tag, data, _) => new DicomUnsignedVeryLong(tag, data));
        return makers;

        void Set(DicomVR vr, Func<DicomTag, IByteBuffer, Encoding[], DicomElement> maker) => makers[vr.Index] = maker;
    }
}
