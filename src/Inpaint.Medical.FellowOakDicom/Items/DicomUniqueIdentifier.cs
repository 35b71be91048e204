using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public class DicomUniqueIdentifier : DicomMultiStringElement
{
    public DicomUniqueIdentifier(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomUniqueIdentifier(DicomTag tag, params DicomUID[] values) : base(tag, [.. (values ?? []).Select(uid => uid?.UID ?? "")])
    {
    }

    public DicomUniqueIdentifier(DicomTag tag, params DicomTransferSyntax[] values) : base(tag, [.. (values ?? []).Select(syntax => syntax?.UID.UID ?? "")])
    {
    }

    public DicomUniqueIdentifier(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UI;

    private protected override bool TryGetValue<T>(int index, out T value) =>
        typeof(T) == typeof(DicomUID) || typeof(T) == typeof(object) ? TryConvert(DicomUID.Parse(ValueAt(index)), out value)
        : typeof(T) == typeof(DicomTransferSyntax) ? TryConvert(DicomTransferSyntax.Lookup(DicomUID.Parse(ValueAt(index))), out value)
        : TryConvert(ValueAt(index), out value);
}
