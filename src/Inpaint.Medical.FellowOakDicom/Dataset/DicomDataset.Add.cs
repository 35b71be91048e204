namespace FellowOakDicom;

/// <content>Putting items in.</content>
public partial class DicomDataset
{
    /// <exception cref="ArgumentException">An item of this tag is already there.</exception>
    /// <exception cref="DicomValidationException">The dataset validates and a value breaks the rules.</exception>
    public DicomDataset Add(params DicomItem[] items) => Add((IEnumerable<DicomItem>)items);

    public DicomDataset Add(DicomItem item)
    {
        Put(item, update: false);
        return this;
    }

    public DicomDataset Add(IEnumerable<DicomItem> items) => PutAll(items, update: false);

    /// <summary>Adds an element whose representation follows from the dictionary and the type of the values.</summary>
    /// <exception cref="DicomDataException">The dictionary does not know the tag.</exception>
    /// <exception cref="InvalidOperationException">The representation cannot be made from values of this type.</exception>
    public DicomDataset Add<T>(DicomTag tag, params T[] values) => Add(Choose<T>(tag), tag, values);

    public DicomDataset Add<T>(DicomVR vr, DicomTag tag, params T[] values) => Add(DicomItemFactory.FromValues(vr, tag, values));

    public DicomDataset AddOrUpdate(params DicomItem[] items) => AddOrUpdate((IEnumerable<DicomItem>)items);

    public DicomDataset AddOrUpdate(DicomItem item)
    {
        Put(item, update: true);
        return this;
    }

    public DicomDataset AddOrUpdate(IEnumerable<DicomItem> items) => PutAll(items, update: true);

    public DicomDataset AddOrUpdate<T>(DicomTag tag, params T[] values) => AddOrUpdate(Choose<T>(tag), tag, values);

    public DicomDataset AddOrUpdate<T>(DicomVR vr, DicomTag tag, params T[] values) => AddOrUpdate(DicomItemFactory.FromValues(vr, tag, values));

    private static DicomVR Choose<T>(DicomTag tag)
    {
        DicomDictionaryEntry entry = DicomDictionary.Default[tag];
        return entry == DicomDictionary.UnknownTag
            ? throw new DicomDataException($"Tag {tag} not found in DICOM dictionary. Only dictionary tags may be added implicitly to the dataset.")
            : Array.Find(entry.ValueRepresentations, vr => vr.ValueType == typeof(T)) ?? entry.ValueRepresentations[0];
    }

    private DicomDataset PutAll(IEnumerable<DicomItem> items, bool update)
    {
        foreach (DicomItem item in items ?? [])
        {
            Put(item, update);
        }

        return this;
    }
}
