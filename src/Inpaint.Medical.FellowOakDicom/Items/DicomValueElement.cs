using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>An element whose values are numbers of a fixed size.</summary>
public abstract class DicomValueElement<TElement> : DicomElement where TElement : struct
{
    protected DicomValueElement(DicomTag tag, params TElement[] values) : base(tag, ToBuffer(values))
    {
    }

    protected DicomValueElement(DicomTag tag, IByteBuffer data) : base(tag, data ?? EmptyBuffer.Value)
    {
    }

    public override int Count => (int)Math.Min(int.MaxValue, Buffer.Size / Unsafe.SizeOf<TElement>());

    public override bool Equals(DicomElement other) => other is not null && SameBytes(Buffer, other.Buffer);

    internal override T[] ToArray<T>()
    {
        if (typeof(T) != typeof(TElement) && !IsSameBits(typeof(T)))
        {
            return base.ToArray<T>();
        }

        if (typeof(T) == typeof(byte))
        {
            return (T[])(object)Buffer.Data;
        }

        // An odd rest after the last whole value is not a value.
        return (T[])(object)MemoryMarshal.Cast<byte, TElement>(Buffer.Data.AsSpan()[..(Count * Unsafe.SizeOf<TElement>())]).ToArray();
    }

    private protected override bool TryGetValue<T>(int index, out T value)
    {
        TElement number = ValueAt(index);
        if (typeof(T) == typeof(TElement))
        {
            value = (T)(object)number;
            return true;
        }

        return TryConvert(number, out value);
    }

    private protected override string ToText() =>
        Count == 1 ? Format(ValueAt(0)) : string.Join('\\', ToArray<TElement>().Select(Format));

    private static bool IsSameBits(Type type) => type == typeof(byte);

    private static string Format(TElement value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    private static IByteBuffer ToBuffer(TElement[] values) =>
        values is null || values.Length == 0 ? EmptyBuffer.Value
        : values is byte[] bytes ? new MemoryByteBuffer(bytes)
        : new MemoryByteBuffer(MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private TElement ValueAt(int index)
    {
        int size = Unsafe.SizeOf<TElement>();
        if (Buffer.IsMemory)
        {
            return MemoryMarshal.Read<TElement>(Buffer.Data.AsSpan(index * size, size));
        }

        var bytes = new byte[size];
        Buffer.GetByteRange((long)index * size, size, bytes);
        return MemoryMarshal.Read<TElement>(bytes);
    }
}

public class DicomSignedShort : DicomValueElement<short>
{
    public DicomSignedShort(DicomTag tag, params short[] values) : base(tag, values)
    {
    }

    public DicomSignedShort(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SS;
}

public class DicomUnsignedShort : DicomValueElement<ushort>
{
    public DicomUnsignedShort(DicomTag tag, params ushort[] values) : base(tag, values)
    {
    }

    public DicomUnsignedShort(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.US;
}

public class DicomSignedLong : DicomValueElement<int>
{
    public DicomSignedLong(DicomTag tag, params int[] values) : base(tag, values)
    {
    }

    public DicomSignedLong(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SL;
}

public class DicomUnsignedLong : DicomValueElement<uint>
{
    public DicomUnsignedLong(DicomTag tag, params uint[] values) : base(tag, values)
    {
    }

    public DicomUnsignedLong(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UL;
}

public class DicomSignedVeryLong : DicomValueElement<long>
{
    public DicomSignedVeryLong(DicomTag tag, params long[] values) : base(tag, values)
    {
    }

    public DicomSignedVeryLong(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SV;
}

public class DicomUnsignedVeryLong : DicomValueElement<ulong>
{
    public DicomUnsignedVeryLong(DicomTag tag, params ulong[] values) : base(tag, values)
    {
    }

    public DicomUnsignedVeryLong(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UV;
}

public class DicomFloatingPointSingle : DicomValueElement<float>
{
    public DicomFloatingPointSingle(DicomTag tag, params float[] values) : base(tag, values)
    {
    }

    public DicomFloatingPointSingle(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.FL;
}

public class DicomFloatingPointDouble : DicomValueElement<double>
{
    public DicomFloatingPointDouble(DicomTag tag, params double[] values) : base(tag, values)
    {
    }

    public DicomFloatingPointDouble(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.FD;
}

public class DicomOtherByte : DicomValueElement<byte>
{
    public DicomOtherByte(DicomTag tag, params byte[] values) : base(tag, values)
    {
    }

    public DicomOtherByte(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OB;
}

public class DicomUnknown : DicomOtherByte
{
    public DicomUnknown(DicomTag tag, params byte[] values) : base(tag, values)
    {
    }

    public DicomUnknown(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UN;
}

public class DicomOtherWord : DicomValueElement<ushort>
{
    public DicomOtherWord(DicomTag tag, params ushort[] values) : base(tag, values)
    {
    }

    public DicomOtherWord(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OW;
}

public class DicomOtherLong : DicomValueElement<uint>
{
    public DicomOtherLong(DicomTag tag, params uint[] values) : base(tag, values)
    {
    }

    public DicomOtherLong(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OL;
}

public class DicomOtherFloat : DicomValueElement<float>
{
    public DicomOtherFloat(DicomTag tag, params float[] values) : base(tag, values)
    {
    }

    public DicomOtherFloat(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OF;
}

public class DicomOtherDouble : DicomValueElement<double>
{
    public DicomOtherDouble(DicomTag tag, params double[] values) : base(tag, values)
    {
    }

    public DicomOtherDouble(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OD;
}

public class DicomOtherVeryLong : DicomValueElement<ulong>
{
    public DicomOtherVeryLong(DicomTag tag, params ulong[] values) : base(tag, values)
    {
    }

    public DicomOtherVeryLong(DicomTag tag, IByteBuffer data) : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OV;
}

/// <summary>Tags as values: each is a group and an element of 16 bits.</summary>
public class DicomAttributeTag : DicomElement
{
    public DicomAttributeTag(DicomTag tag, params DicomTag[] values) : base(tag, ToBuffer(values))
    {
    }

    public DicomAttributeTag(DicomTag tag, IByteBuffer data) : base(tag, data ?? EmptyBuffer.Value)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.AT;

    public override int Count => (int)Math.Min(int.MaxValue, Buffer.Size / 4);

    public IEnumerable<DicomTag> Values => ToArray<DicomTag>();

    public override bool Equals(DicomElement other) => other is not null && SameBytes(Buffer, other.Buffer);

    private protected override bool TryGetValue<T>(int index, out T value)
    {
        var words = new byte[4];
        Buffer.GetByteRange(4L * index, 4, words);
        var tag = new DicomTag(MemoryMarshal.Read<ushort>(words), MemoryMarshal.Read<ushort>(words.AsSpan(2)));
        return typeof(T) == typeof(string) ? TryConvert(tag.ToString(), out value) : TryConvert(tag, out value);
    }

    private protected override string ToText() => string.Join('\\', ToArray<DicomTag>().Select(tag => tag.ToString()));

    private static IByteBuffer ToBuffer(DicomTag[] values) =>
        values is null || values.Length == 0 ? EmptyBuffer.Value
        : new MemoryByteBuffer(MemoryMarshal.AsBytes(values.SelectMany(tag => new[] { tag.Group, tag.Element }).ToArray().AsSpan()).ToArray());
}
