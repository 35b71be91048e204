using System.Collections;
using System.Text;

namespace FellowOakDicom;

/// <summary>A set of items, at most one for each tag, in the order of their tags (PS3.5 §7.1). Not safe for several threads at once.</summary>
public partial class DicomDataset : IEnumerable<DicomItem>, IEquatable<DicomDataset>
{
    private uint[] _keys = [];
    private DicomItem[] _items = [];
    private int _count;
    private int _version;
    private bool? _validates;
    private DicomTransferSyntax _syntax;

    /// <summary>An empty dataset in Explicit VR Little Endian.</summary>
    public DicomDataset() : this(DicomTransferSyntax.ExplicitVRLittleEndian)
    {
    }

    public DicomDataset(DicomTransferSyntax internalTransferSyntax) => _syntax = internalTransferSyntax;

    public DicomDataset(params DicomItem[] items) : this((IEnumerable<DicomItem>)items)
    {
    }

    /// <summary>The items are validated and shared, not copied; a later item replaces an earlier one of the same tag.</summary>
    public DicomDataset(IEnumerable<DicomItem> items) : this()
    {
        foreach (DicomItem item in items ?? [])
        {
            Put(item, update: true);
        }
    }

    internal DicomDataset(IEnumerable<DicomItem> items, bool validateItems) : this()
    {
        ValidateItems = validateItems;
        foreach (DicomItem item in items)
        {
            Put(item, update: true);
        }
    }

    /// <summary>Whether <c>==</c> and Equals compare content (slow: reads all values) or references.</summary>
    public static bool CompareInstancesByContent { get; set; } = true;

    /// <summary>The syntax in which pixel data is held and in which the dataset was read.</summary>
    public DicomTransferSyntax InternalTransferSyntax
    {
        get => _syntax;
        internal set
        {
            _syntax = value;
            foreach (DicomDataset item in this.OfType<DicomSequence>().SelectMany(sequence => sequence.Items))
            {
                item.InternalTransferSyntax = value;
            }
        }
    }

    [Obsolete("Use DicomDataset.NotValidated() or DicomSetupBuilder.SkipValidation().")]
    public bool AutoValidate
    {
        get => ValidateItems;
        set => ValidateItems = value;
    }

    /// <summary>Whether items are validated when they are put in.</summary>
    internal bool ValidateItems
    {
        get => (_validates ?? true) && DicomValidation.PerformValidation;
        set => _validates = value;
    }

    /// <summary>Character sets that hold where the dataset names none: its parent's, or the reader's.</summary>
    internal Encoding[] FallbackEncodings { get; set; }

    internal int ItemCount => _count;

    public static bool operator ==(DicomDataset a, DicomDataset b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomDataset a, DicomDataset b) => !(a == b);

    public bool Equals(DicomDataset other) => ReferenceEquals(this, other) || (CompareInstancesByContent && other is not null && HaveSameContent(this, other));

    public override bool Equals(object obj) => Equals(obj as DicomDataset);

    public override int GetHashCode() => CompareInstancesByContent ? _count : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public bool Contains(DicomTag tag) => Find(tag) is not null;

    /// <summary>The item of this tag, or null if it is absent or of another type.</summary>
    public T GetDicomItem<T>(DicomTag tag) where T : DicomItem => Find(tag) as T;

    public DicomDataset Remove(params DicomTag[] tags)
    {
        foreach (DicomTag tag in tags)
        {
            if (Resolve(tag) is { } stored && IndexOf(stored.Number) is int index && index >= 0)
            {
                RemoveAt(index);
            }
        }

        return this;
    }

    public DicomDataset Remove(Func<DicomItem, bool> selector)
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            if (selector(_items[i]))
            {
                RemoveAt(i);
            }
        }

        return this;
    }

    public DicomDataset Clear()
    {
        Array.Clear(_items, 0, _count);
        _count = 0;
        _version++;
        return this;
    }

    /// <summary>Puts all items into another dataset, which validates them if it does so; gives this dataset back.</summary>
    public DicomDataset CopyTo(DicomDataset destination)
    {
        destination?.AddOrUpdate(this);
        return this;
    }

    public DicomDataset CopyTo(DicomDataset destination, params DicomTag[] tags)
    {
        foreach (DicomTag tag in tags)
        {
            if (Find(tag) is { } item)
            {
                destination?.AddOrUpdate(item);
            }
        }

        return this;
    }

    public DicomDataset CopyTo(DicomDataset destination, DicomMaskedTag mask)
    {
        destination?.AddOrUpdate(this.Where(item => mask.IsMatch(item.Tag)));
        return this;
    }

    /// <exception cref="DicomValidationException">An item's value breaks the rules.</exception>
    public void Validate()
    {
        foreach (DicomItem item in this)
        {
            item.Validate();
        }
    }

    /// <summary>The tag under which a private attribute is stored here; reserves a block for its creator if there is none.</summary>
    public DicomTag GetPrivateTag(DicomTag tag) => Resolve(tag, reserve: true);

    public IEnumerator<DicomItem> GetEnumerator()
    {
        int version = _version;
        for (int i = 0; i < _count; i++)
        {
            yield return _items[i];
            if (version != _version)
            {
                throw new InvalidOperationException("The dataset was changed while its items were enumerated.");
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => FormattableString.Invariant($"DICOM Dataset [{_count} items]");

    internal static bool HaveSameContent(DicomDataset a, DicomDataset b)
    {
        if (a._count != b._count)
        {
            return false;
        }

        for (int i = 0; i < a._count; i++)
        {
            if (!a._items[i].HasSameContent(b._items[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Called for each tag before it is put in.</summary>
    protected virtual void ValidateTag(DicomTag tag)
    {
    }

    /// <summary>The character sets of this dataset's text.</summary>
    internal Encoding[] GetEncodings(Encoding[] inherited = null)
    {
        int index = IndexOf(DicomTag.SpecificCharacterSet.Number);
        string charset = index >= 0 && _items[index] is DicomCodeString element ? element.Get<string>() : "";
        return charset.Length > 0 ? DicomEncoding.FromElement(charset) : FallbackEncodings ?? inherited ?? DicomEncoding.DefaultArray;
    }

    /// <summary>Adds an item as it was read: no validation, the tag is already the stored one, a second one of a tag replaces the first.</summary>
    internal void Append(DicomItem item)
    {
        uint key = item.Tag.Number;
        if (_count > 0 && _keys[_count - 1] >= key)
        {
            int index = IndexOf(key);
            if (index >= 0)
            {
                _items[index] = item;
                _version++;
                return;
            }

            Insert(~index, key, item);
            return;
        }

        Insert(_count, key, item);
    }

    /// <summary>The stored item of a number, whatever its private creator; null if there is none.</summary>
    internal DicomItem FindStored(uint number)
    {
        int index = IndexOf(number);
        return index < 0 ? null : _items[index];
    }

    private DicomItem Find(DicomTag tag)
    {
        DicomTag stored = Resolve(tag);
        int index = stored is null ? -1 : IndexOf(stored.Number);

        // A raw private number without its creator says nothing about which attribute is meant.
        return index < 0 || (tag.IsPrivate && tag.PrivateCreator is null && _items[index].Tag.PrivateCreator is not null) ? null : _items[index];
    }

    private void Put(DicomItem item, bool update)
    {
        if (item is null)
        {
            return;
        }

        ValidateTag(item.Tag);
        if (ValidateItems)
        {
            item.Validate();
        }

        DicomTag stored = Resolve(item.Tag, reserve: true);
        if (!ReferenceEquals(stored, item.Tag))
        {
            item.Tag = stored;
        }

        if (item is DicomStringElement { ValueRepresentation.IsStringEncoded: true } text)
        {
            text.TargetEncodings = GetEncodings();
        }

        if (!update && IndexOf(stored.Number) >= 0)
        {
            throw new ArgumentException($"An item with the tag {stored} is already in the dataset.");
        }

        Append(item);
        if (stored.Number == DicomTag.SpecificCharacterSet.Number)
        {
            ReencodeText(GetEncodings());
        }
    }

    /// <summary>Text follows the character set that is set last, down to the items that name none of their own.</summary>
    private void ReencodeText(Encoding[] encodings)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_items[i] is DicomStringElement { ValueRepresentation.IsStringEncoded: true } text)
            {
                text.TargetEncodings = encodings;
            }
            else if (_items[i] is DicomSequence sequence)
            {
                foreach (DicomDataset item in sequence.Items.Where(item => !item.Contains(DicomTag.SpecificCharacterSet)))
                {
                    item.FallbackEncodings = encodings;
                    item.ReencodeText(encodings);
                }
            }
        }
    }

    /// <summary>Maps a private tag to the block that its creator has here (PS3.5 §7.8.1); null if it has none and may not reserve one.</summary>
    private DicomTag Resolve(DicomTag tag, bool reserve = false)
    {
        if (tag.PrivateCreator is null || !tag.IsPrivate || tag.Element == 0)
        {
            return tag;
        }

        for (uint block = 0x10; block <= 0xFF; block++)
        {
            uint creatorKey = ((uint)tag.Group << 16) | block;
            int index = IndexOf(creatorKey);
            if (index < 0 && reserve)
            {
                Insert(~index, creatorKey, new DicomLongString(new DicomTag(creatorKey), tag.PrivateCreator.Creator));
            }

            if ((index < 0 && reserve) || (index >= 0 && _items[index] is DicomElement owner && owner.Get<string>() == tag.PrivateCreator.Creator))
            {
                uint number = ((uint)tag.Group << 16) | (block << 8) | (tag.Element & 0xFFu);
                return number == tag.Number ? tag : new DicomTag(number, tag.PrivateCreator);
            }
        }

        return reserve ? throw new DicomDataException($"Group {tag.Group:x4} has no free block for private creator {tag.PrivateCreator}.") : null;
    }

    /// <summary>Position of a number, or the complement of where it belongs.</summary>
    private int IndexOf(uint key) => Array.BinarySearch(_keys, 0, _count, key);

    private void Insert(int index, uint key, DicomItem item)
    {
        if (_count == _keys.Length)
        {
            int capacity = Math.Max(8, _count * 2);
            Array.Resize(ref _keys, capacity);
            Array.Resize(ref _items, capacity);
        }

        Array.Copy(_keys, index, _keys, index + 1, _count - index);
        Array.Copy(_items, index, _items, index + 1, _count - index);
        _keys[index] = key;
        _items[index] = item;
        _count++;
        _version++;
    }

    private void RemoveAt(int index)
    {
        _count--;
        Array.Copy(_keys, index + 1, _keys, index, _count - index);
        Array.Copy(_items, index + 1, _items, index, _count - index);
        _items[_count] = null;
        _version++;
    }
}
