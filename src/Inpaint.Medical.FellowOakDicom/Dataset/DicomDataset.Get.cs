namespace FellowOakDicom;

/// <content>Reading values by tag.</content>
public partial class DicomDataset
{
    /// <exception cref="DicomDataException">The tag is absent or not a sequence.</exception>
    public DicomSequence GetSequence(DicomTag tag) =>
        Existing(tag) as DicomSequence ?? throw new DicomDataException($"DicomTag {tag} isn't a sequence");

    public bool TryGetSequence(DicomTag tag, out DicomSequence sequence)
    {
        sequence = Find(tag) as DicomSequence;
        return sequence is not null;
    }

    public bool TryGetNonEmptySequence(DicomTag tag, out DicomSequence sequence) => TryGetSequence(tag, out sequence) && sequence.Items.Count > 0;

    /// <exception cref="DicomDataException">The tag is absent or has no values.</exception>
    public int GetValueCount(DicomTag tag) => Element(tag).Count;

    /// <summary>Value <paramref name="index"/>.</summary>
    /// <exception cref="DicomDataException">The tag or the value is absent.</exception>
    public T GetValue<T>(DicomTag tag, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        RejectArray<T>();
        return Element(tag).Get<T>(index);
    }

    public bool TryGetValue<T>(DicomTag tag, int index, out T elementValue)
    {
        elementValue = default;
        return index >= 0 && !typeof(T).IsArray && Find(tag) is DicomElement element && index < element.Count && TryConvert(element, index, out elementValue);
    }

    public T GetValueOrDefault<T>(DicomTag tag, int index, T defaultValue) => TryGetValue(tag, index, out T value) ? value : defaultValue;

    /// <summary>All values; for <see cref="byte"/> the encoded bytes of any element.</summary>
    /// <exception cref="DicomDataException">The tag is absent.</exception>
    public T[] GetValues<T>(DicomTag tag)
    {
        RejectArray<T>();
        return Element(tag).ToArray<T>();
    }

    public bool TryGetValues<T>(DicomTag tag, out T[] values)
    {
        values = null;
        if (typeof(T).IsArray || Find(tag) is not DicomElement element)
        {
            return false;
        }

        try
        {
            values = element.ToArray<T>();
            return true;
        }
        catch (Exception error) when (IsConversionError(error))
        {
            return false;
        }
    }

    /// <exception cref="DicomDataException">The tag is absent or does not have exactly one value.</exception>
    public T GetSingleValue<T>(DicomTag tag)
    {
        RejectArray<T>();
        DicomElement element = Element(tag);
        return element.Count == 1 ? element.Get<T>(0)
            : throw new DicomDataException(FormattableString.Invariant($"DicomTag {tag} must contain a single value, but contains {element.Count}"));
    }

    public bool TryGetSingleValue<T>(DicomTag tag, out T value)
    {
        value = default;
        return !typeof(T).IsArray && Find(tag) is DicomElement { Count: 1 } element && TryConvert(element, 0, out value);
    }

    public T GetSingleValueOrDefault<T>(DicomTag tag, T defaultValue) => TryGetSingleValue(tag, out T value) ? value : defaultValue;

    /// <summary>All values as text, joined by backslashes; "" if there is none.</summary>
    /// <exception cref="DicomDataException">The tag is absent.</exception>
    public string GetString(DicomTag tag) => Element(tag).Get<string>();

    public bool TryGetString(DicomTag tag, out string stringValue)
    {
        stringValue = Find(tag) is DicomElement element ? element.Get<string>() : null;
        return stringValue is not null;
    }

    /// <summary>
    /// The attributes that hold for one frame of an enhanced multi-frame image: those in the shared functional groups and those of the
    /// frame, taken out of their sequences (PS3.3 §C.7.6.16).
    /// </summary>
    /// <param name="frame">Number of the frame, from 0.</param>
    public DicomDataset FunctionalGroupValues(int frame)
    {
        var values = new DicomDataset(InternalTransferSyntax) { ValidateItems = false, FallbackEncodings = GetEncodings() };
        if (TryGetNonEmptySequence(DicomTag.SharedFunctionalGroupsSequence, out DicomSequence shared))
        {
            AddGroups(shared.Items[0], values);
        }

        if (TryGetSequence(DicomTag.PerFrameFunctionalGroupsSequence, out DicomSequence perFrame) && frame >= 0 && frame < perFrame.Items.Count)
        {
            AddGroups(perFrame.Items[frame], values);
        }

        return values;
    }

    private static void AddGroups(DicomDataset groups, DicomDataset values)
    {
        foreach (DicomSequence group in groups.OfType<DicomSequence>().Where(group => group.Items.Count > 0))
        {
            values.AddOrUpdate(group.Items[0]);
        }
    }

    private static bool TryConvert<T>(DicomElement element, int index, out T value)
    {
        try
        {
            value = element.Get<T>(index);
            return true;
        }
        catch (Exception error) when (IsConversionError(error))
        {
            value = default;
            return false;
        }
    }

    private static bool IsConversionError(Exception error) =>
        error is InvalidCastException or FormatException or OverflowException or ArgumentException or DicomDataException;

    private static void RejectArray<T>()
    {
        if (typeof(T).IsArray)
        {
            throw new DicomDataException("T can't be an array type; use GetValues instead.");
        }
    }

    private DicomItem Existing(DicomTag tag) => Find(tag) ?? throw Absent(tag);

    private DicomElement Element(DicomTag tag) =>
        Existing(tag) as DicomElement ?? throw new DicomDataException($"DicomTag {tag} doesn't support values");

    private static DicomDataException Absent(DicomTag tag) => new DicomDataException($"Tag: {tag} not found in dataset");
}
