using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomCodeString : DicomMultiStringElement
{
    public DicomCodeString(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomCodeString(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.CS;
}
