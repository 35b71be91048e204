namespace FellowOakDicom;

public static class DicomDatasetExtensions
{
    /// <summary>A copy with copies of its sequences; elements are shared, so their bytes must not be changed.</summary>
    public static DicomDataset Clone(this DicomDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var clone = new DicomDataset(dataset.InternalTransferSyntax) { FallbackEncodings = dataset.FallbackEncodings };
        foreach (DicomItem item in dataset)
        {
            clone.Append(item is DicomSequence sequence ? DicomSequence.Of(sequence.Tag, [.. sequence.Items.Select(Clone)]) : item);
        }

        return clone;
    }

    /// <summary>Turns validation of items put into this dataset off; its sequences' items decide for themselves.</summary>
    public static DicomDataset NotValidated(this DicomDataset dataset)
    {
        dataset.ValidateItems = false;
        return dataset;
    }

    public static DicomDataset Validated(this DicomDataset dataset)
    {
        dataset.ValidateItems = true;
        return dataset;
    }

    /// <summary>Date and time of day of two attributes; <see cref="DateTime.MinValue"/>'s date or time where one is absent.</summary>
    public static DateTime GetDateTime(this DicomDataset dataset, DicomTag date, DicomTag time)
    {
        DateTime day = dataset.GetValueOrDefault(date, 0, DateTime.MinValue);
        return day.Date + dataset.GetValueOrDefault(time, 0, DateTime.MinValue).TimeOfDay;
    }

    /// <summary>The same with the offset of Timezone Offset From UTC (0008,0201), else that of this machine.</summary>
    public static DateTimeOffset GetDateTimeOffset(this DicomDataset dataset, DicomTag date, DicomTag time, DicomDataset topLevelDataset = null)
    {
        DateTime local = DateTime.SpecifyKind(dataset.GetDateTime(date, time), DateTimeKind.Unspecified);
        string zone = (topLevelDataset ?? dataset).GetSingleValueOrDefault(DicomTag.TimezoneOffsetFromUTC, "");
        return zone.Length == 5 && TimeSpan.TryParseExact(zone[1..], "hhmm", null, out TimeSpan offset)
            ? new DateTimeOffset(local, zone[0] == '-' ? -offset : offset)
            : new DateTimeOffset(local, local == DateTime.MinValue ? TimeSpan.Zero : TimeZoneInfo.Local.GetUtcOffset(local));
    }

    public static IEnumerable<DicomItem> EnumerateMasked(this DicomDataset dataset, DicomMaskedTag mask) => dataset.Where(item => mask.IsMatch(item.Tag));

    public static IEnumerable<DicomItem> EnumerateGroup(this DicomDataset dataset, ushort group) =>
        dataset.Where(item => item.Tag.Group == group && item.Tag.Element != 0);
}

/// <summary>Validation of a dataset is off until this is disposed.</summary>
public sealed class UnvalidatedScope : IDisposable
{
    private readonly DicomDataset _dataset;
    private readonly bool _validated;

    public UnvalidatedScope(DicomDataset dataset)
    {
        _dataset = dataset ?? throw new ArgumentNullException(nameof(dataset));
        _validated = dataset.ValidateItems;
        dataset.ValidateItems = false;
    }

    public void Dispose() => _dataset.ValidateItems = _validated;
}
