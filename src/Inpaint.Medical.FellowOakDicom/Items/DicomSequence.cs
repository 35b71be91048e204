using System.Collections;

namespace FellowOakDicom;

/// <summary>A sequence of items, each of them a dataset (PS3.5 §7.5).</summary>
public class DicomSequence : DicomItem, IEnumerable<DicomDataset>
{
    public DicomSequence(DicomTag tag, params DicomDataset[] items) : this([.. items ?? []], tag)
    {
    }

    private DicomSequence(List<DicomDataset> items, DicomTag tag) : base(tag) => Items = items;

    public override DicomVR ValueRepresentation => DicomVR.SQ;

    public IList<DicomDataset> Items { get; }

    /// <summary>A sequence of these very items, which may still grow.</summary>
    internal static DicomSequence Of(DicomTag tag, List<DicomDataset> items) => new(items, tag);

    public override void Validate()
    {
        foreach (DicomDataset item in Items)
        {
            item.Validate();
        }
    }

    public IEnumerator<DicomDataset> GetEnumerator() => Items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override bool HasSameContent(DicomItem other) =>
        other is DicomSequence sequence && Tag == sequence.Tag && Items.Count == sequence.Items.Count
        && Items.Zip(sequence.Items).All(pair => DicomDataset.HaveSameContent(pair.First, pair.Second));
}
