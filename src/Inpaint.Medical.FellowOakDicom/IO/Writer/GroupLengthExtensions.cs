namespace FellowOakDicom.IO.Writer;

/// <summary>The retired group length elements (PS3.5 §7.2).</summary>
public static class DicomDatasetExtensions
{
    public static void RecalculateGroupLength(this DicomDataset dataset, ushort group, bool createIfMissing = true)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var tag = new DicomTag(group, 0);
        DicomItem[] items = [.. dataset.EnumerateGroup(group)];
        if (items.Length == 0 || (!createIfMissing && !dataset.Contains(tag)))
        {
            return;
        }

        var part = new DicomDataset(dataset.InternalTransferSyntax) { FallbackEncodings = dataset.GetEncodings() };
        Array.ForEach(items, part.Append);
        var keepNested = new DicomWriteOptions { KeepGroupLengths = true };
        dataset.AddOrUpdate(new DicomUnsignedLong(tag, (uint)DatasetWriter.Measure(part, dataset.InternalTransferSyntax, keepNested)));
    }

    public static void RecalculateGroupLengths(this DicomDataset dataset, bool createIfMissing = true)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        foreach (DicomDataset item in dataset.OfType<DicomSequence>().SelectMany(sequence => sequence.Items))
        {
            item.RecalculateGroupLengths(createIfMissing);
        }

        foreach (ushort group in dataset.Select(item => item.Tag.Group).Distinct().ToArray())
        {
            dataset.RecalculateGroupLength(group, createIfMissing);
        }
    }

    public static void RemoveGroupLengths(this DicomDataset dataset, bool firstLevelOnly = false)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        dataset.Remove(item => item.Tag.Element == 0);
        foreach (DicomDataset item in firstLevelOnly ? [] : dataset.OfType<DicomSequence>().SelectMany(sequence => sequence.Items))
        {
            item.RemoveGroupLengths();
        }
    }
}
