using System.Globalization;
using System.Reflection;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>An item with values.</summary>
public abstract class DicomElement : DicomItem
{
    private static readonly MethodInfo ArrayOf = typeof(DicomElement).GetMethod(nameof(ToObjectArray), BindingFlags.Instance | BindingFlags.NonPublic);

    protected DicomElement(DicomTag tag, IByteBuffer data) : base(tag) => Bytes = data;

    /// <summary>Number of values.</summary>
    public abstract int Count { get; }

    /// <summary>The encoded values, little endian.</summary>
    public virtual IByteBuffer Buffer
    {
        get => Bytes;
        protected set => Bytes = value;
    }

    /// <summary>Bytes of the encoded values.</summary>
    public uint Length => (uint)(Buffer?.Size ?? 0);

    private protected IByteBuffer Bytes { get; set; }

    /// <summary>
    /// Value <paramref name="item"/>, or the first one (all of them, if <typeparamref name="T"/> is an array or string) if it is -1.
    /// </summary>
    /// <exception cref="InvalidCastException">The values cannot be had as that type.</exception>
    /// <exception cref="DicomDataException">There is no such value.</exception>
    public virtual T Get<T>(int item = -1)
    {
        if (typeof(T) == typeof(IByteBuffer))
        {
            return (T)Buffer;
        }

        if (typeof(T).IsArray)
        {
            return (T)(object)ToArrayOf(typeof(T).GetElementType());
        }

        if (item < 0 && typeof(T) == typeof(string))
        {
            return (T)(object)ToText();
        }

        int index = Math.Max(0, item);
        if (index >= Count)
        {
            throw new DicomDataException(FormattableString.Invariant($"Element {Tag} has {Count} values; value {index} was asked for."));
        }

        return TryGetValue(index, out T value) ? value
            : throw new InvalidCastException($"Unable to convert DICOM {ValueRepresentation.Code} value of {Tag} to '{typeof(T).Name}'.");
    }

    public abstract bool Equals(DicomElement other);

    public override void Validate()
    {
        if (Tag.IsPrivate || Buffer is IBulkDataUriByteBuffer { IsMemory: false } || Count == 0)
        {
            return;
        }

        DicomVM vm = Tag.DictionaryEntry.ValueMultiplicity;
        DicomValidation.Require(
            (Count >= vm.Minimum && Count <= vm.Maximum) || ValueRepresentation.MaximumLength == 0, ToString(), ValueRepresentation,
            FormattableString.Invariant($"Number of values {Count} does not match VM {vm}"));
    }

    /// <summary>Brings the bytes into memory.</summary>
    internal void Load() => Bytes = new MemoryByteBuffer(Bytes.Data);

    /// <summary>All values converted, or the raw bytes for <see cref="byte"/>.</summary>
    internal virtual T[] ToArray<T>()
    {
        if (typeof(T) == typeof(byte))
        {
            return (T[])(object)Buffer.Data;
        }

        var values = new T[Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Get<T>(i);
        }

        return values;
    }

    internal override bool HasSameContent(DicomItem other) =>
        other is DicomElement element && Tag == element.Tag && ValueRepresentation == element.ValueRepresentation && Equals(element);

    /// <summary>Value <paramref name="index"/>, which exists, as that type; false if the type does not fit.</summary>
    private protected abstract bool TryGetValue<T>(int index, out T value);

    /// <summary>All values, joined by backslashes.</summary>
    private protected abstract string ToText();

    /// <summary>Numbers to other numbers, enumerations, text.</summary>
    private protected static bool TryConvert<T>(object value, out T result)
    {
        Type type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        object converted = value switch
        {
            null => null,
            _ when type.IsInstanceOfType(value) => value,
            string text when type.IsEnum => Enum.TryParse(type, text, ignoreCase: true, out object constant) ? constant : null,
            _ when type.IsEnum => Enum.ToObject(type, value),
            _ when type == typeof(string) => Convert.ToString(value, CultureInfo.InvariantCulture),
            IConvertible when Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal && value is not string =>
                Convert.ChangeType(value, type, CultureInfo.InvariantCulture),
            _ => null,
        };
        result = converted is null ? default : (T)converted;
        return converted is not null;
    }

    private protected static bool SameBytes(IByteBuffer a, IByteBuffer b) =>
        ReferenceEquals(a, b) || (a.Size == b.Size && a.Data.AsSpan().SequenceEqual(b.Data));

    private Array ToArrayOf(Type type) =>
        type == typeof(string) ? ToArray<string>()
        : type == typeof(double) ? ToArray<double>()
        : type == typeof(ushort) ? ToArray<ushort>()
        : type == typeof(byte) ? ToArray<byte>()
        : type == typeof(object) ? ToArray<object>()
        : (Array)ArrayOf.MakeGenericMethod(type).Invoke(this, BindingFlags.DoNotWrapExceptions, null, null, CultureInfo.InvariantCulture);

    private T[] ToObjectArray<T>() => ToArray<T>();
}
