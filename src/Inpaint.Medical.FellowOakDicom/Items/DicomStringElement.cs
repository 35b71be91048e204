using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>
/// An element whose values are text. Text read from a file is decoded when it is first asked for, and the bytes it came from are
/// written back as they were, unless it must be encoded in another character set.
/// </summary>
public abstract class DicomStringElement : DicomElement
{
    private string _text;
    private Encoding[] _bytesEncodings;
    private Encoding[] _targetEncodings;

    protected DicomStringElement(DicomTag tag, string value) : base(tag, null) => _text = value ?? "";

    protected DicomStringElement(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, buffer ?? EmptyBuffer.Value)
    {
        _bytesEncodings = encodings ?? DicomEncoding.DefaultArray;
        _targetEncodings = _bytesEncodings;
    }

    /// <summary>The character sets in which <see cref="Buffer"/> is encoded.</summary>
    public Encoding[] TargetEncodings
    {
        get => _targetEncodings ?? DicomEncoding.DefaultArray;
        set => _targetEncodings = value;
    }

    public Encoding TargetEncoding
    {
        get => TargetEncodings[0];
        set => TargetEncodings = [value];
    }

    public override int Count => 1;

    public override IByteBuffer Buffer
    {
        get
        {
            if (Bytes is null || !CanKeepBytes())
            {
                Bytes = new MemoryByteBuffer(Encode(StringValue));
                _bytesEncodings = TargetEncodings;
            }

            return Bytes;
        }

        protected set
        {
            Bytes = value;
            _text = null;
            _bytesEncodings = TargetEncodings;
        }
    }

    /// <summary>All values, without padding at the end, joined by backslashes.</summary>
    protected string StringValue => _text ??= DicomEncoding.Decode(Bytes.Data, _bytesEncodings).TrimEnd(' ', '\0');

    public override bool Equals(DicomElement other) => other is DicomStringElement text && StringValue == text.StringValue;

    public override void Validate()
    {
        ValidateString();
        base.Validate();
    }

    protected virtual void ValidateString() => ValueRepresentation.ValidateString(StringValue);

    private protected override bool TryGetValue<T>(int index, out T value) => TryConvert(ValueAt(index), out value);

    private protected override string ToText() => StringValue;

    private protected virtual string ValueAt(int index) => StringValue;

    /// <summary>Bytes stay if they are in the wanted character set already, or mean the same in every one.</summary>
    private bool CanKeepBytes() =>
        !ValueRepresentation.IsStringEncoded || DicomEncoding.Same(_bytesEncodings, TargetEncodings)
        || (Bytes.Size < 1024 && Ascii.IsValid(Bytes.Data) && !Bytes.Data.AsSpan().Contains((byte)0x1B) && (_text is null || Ascii.IsValid(_text)));

    private byte[] Encode(string text)
    {
        byte[] bytes = ValueRepresentation.IsStringEncoded ? DicomEncoding.Encode(text, TargetEncodings) : DicomEncoding.Default.GetBytes(text);
        if ((bytes.Length & 1) == 0)
        {
            return bytes;
        }

        Array.Resize(ref bytes, bytes.Length + 1);
        bytes[^1] = ValueRepresentation.PaddingValue;
        return bytes;
    }
}

/// <summary>An element of text whose values are separated by backslashes.</summary>
public abstract class DicomMultiStringElement : DicomStringElement
{
    private string[] _values;

    protected DicomMultiStringElement(DicomTag tag, params string[] values) : base(tag, values is null ? "" : string.Join('\\', values))
    {
    }

    protected DicomMultiStringElement(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override int Count => Values.Length;

    private protected string[] Values => _values ??= Split(StringValue);

    protected override void ValidateString()
    {
        foreach (string value in Values)
        {
            ValueRepresentation.ValidateString(value);
        }
    }

    private protected override string ValueAt(int index) => Values[index];

    private static string[] Split(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return [text];
        }

        string[] values = text.Split('\\');
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = values[i].TrimEnd(' ', '\0');
        }

        return values;
    }
}
