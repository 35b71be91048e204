using System.Collections;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Encapsulated pixel data: an offset table and fragments of the compressed stream (PS3.5 §A.4).</summary>
public abstract class DicomFragmentSequence : DicomItem, IEnumerable<IByteBuffer>
{
    protected DicomFragmentSequence(DicomTag tag) : base(tag)
    {
    }

    /// <summary>Where each frame begins, in bytes from the first fragment's item tag; may be empty.</summary>
    public IList<uint> OffsetTable { get; internal set; } = [];

    /// <summary>The fragments, the offset table's item not among them.</summary>
    public IList<IByteBuffer> Fragments { get; } = [];

    public IEnumerator<IByteBuffer> GetEnumerator() => Fragments.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override bool HasSameContent(DicomItem other) =>
        other is DicomFragmentSequence sequence && Tag == sequence.Tag && ValueRepresentation == sequence.ValueRepresentation
        && OffsetTable.SequenceEqual(sequence.OffsetTable) && Fragments.Count == sequence.Fragments.Count
        && Fragments.Zip(sequence.Fragments).All(pair => pair.First.Size == pair.Second.Size && pair.First.Data.AsSpan().SequenceEqual(pair.Second.Data));
}

public class DicomOtherByteFragment : DicomFragmentSequence
{
    public DicomOtherByteFragment(DicomTag tag) : base(tag)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OB;
}

public class DicomOtherWordFragment : DicomFragmentSequence
{
    public DicomOtherWordFragment(DicomTag tag) : base(tag)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.OW;
}
