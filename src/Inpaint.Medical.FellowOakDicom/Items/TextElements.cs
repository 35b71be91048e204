using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomApplicationEntity : DicomMultiStringElement
{
    public DicomApplicationEntity(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomApplicationEntity(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.AE;
}

public class DicomAgeString : DicomMultiStringElement
{
    public DicomAgeString(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomAgeString(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.AS;
}

public class DicomLongString : DicomMultiStringElement
{
    public DicomLongString(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomLongString(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public DicomLongString(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.LO;
}

public class DicomShortString : DicomMultiStringElement
{
    public DicomShortString(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomShortString(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public DicomShortString(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SH;
}

public class DicomUnlimitedCharacters : DicomMultiStringElement
{
    public DicomUnlimitedCharacters(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomUnlimitedCharacters(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public DicomUnlimitedCharacters(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UC;
}

public class DicomLongText : DicomStringElement
{
    public DicomLongText(DicomTag tag, string value) : base(tag, value)
    {
    }

    public DicomLongText(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public DicomLongText(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.LT;

    public override int Count => StringValue.Length == 0 ? 0 : 1;
}

public class DicomShortText : DicomStringElement
{
    public DicomShortText(DicomTag tag, string value) : base(tag, value)
    {
    }

    public DicomShortText(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public DicomShortText(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.ST;

    public override int Count => StringValue.Length == 0 ? 0 : 1;
}

public class DicomUnlimitedText : DicomStringElement
{
    public DicomUnlimitedText(DicomTag tag, string value) : base(tag, value)
    {
    }

    public DicomUnlimitedText(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public DicomUnlimitedText(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UT;

    public override int Count => StringValue.Length == 0 ? 0 : 1;
}

public class DicomUniversalResource : DicomStringElement
{
    public DicomUniversalResource(DicomTag tag, string value) : base(tag, value)
    {
    }

    public DicomUniversalResource(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UR;

    public override int Count => StringValue.Length == 0 ? 0 : 1;
}
