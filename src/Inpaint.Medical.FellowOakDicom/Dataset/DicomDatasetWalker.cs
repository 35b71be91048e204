using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Called for everything in a dataset, in order; false ends the walk.</summary>
public interface IDicomDatasetWalker
{
    void OnBeginWalk();

    bool OnElement(DicomElement element);

    Task<bool> OnElementAsync(DicomElement element);

    bool OnBeginSequence(DicomSequence sequence);

    bool OnBeginSequenceItem(DicomDataset dataset);

    bool OnEndSequenceItem();

    bool OnEndSequence();

    bool OnBeginFragment(DicomFragmentSequence fragment);

    bool OnFragmentItem(IByteBuffer item);

    Task<bool> OnFragmentItemAsync(IByteBuffer item);

    bool OnEndFragment();

    void OnEndWalk();
}

/// <summary>Visits the items of a dataset and of its sequences, however deep they are nested.</summary>
public class DicomDatasetWalker
{
    private readonly IEnumerable<DicomItem> _dataset;

    public DicomDatasetWalker(IEnumerable<DicomItem> dataset) => _dataset = dataset ?? throw new ArgumentNullException(nameof(dataset));

    public void Walk(IDicomDatasetWalker walker)
    {
        ArgumentNullException.ThrowIfNull(walker);
        walker.OnBeginWalk();
        foreach (Step step in Steps(walker))
        {
            bool goesOn = step.Element is not null ? walker.OnElement(step.Element)
                : step.Fragment is not null ? walker.OnFragmentItem(step.Fragment) : step.Call();
            if (!goesOn)
            {
                break;
            }
        }

        walker.OnEndWalk();
    }

    public async Task WalkAsync(IDicomDatasetWalker walker)
    {
        ArgumentNullException.ThrowIfNull(walker);
        walker.OnBeginWalk();
        foreach (Step step in Steps(walker))
        {
            bool goesOn = step.Element is not null ? await walker.OnElementAsync(step.Element).ConfigureAwait(false)
                : step.Fragment is not null ? await walker.OnFragmentItemAsync(step.Fragment).ConfigureAwait(false) : step.Call();
            if (!goesOn)
            {
                break;
            }
        }

        walker.OnEndWalk();
    }

    private IEnumerable<Step> Steps(IDicomDatasetWalker walker)
    {
        // Open datasets and sequences, innermost on top; each is an enumerator of what is still to come in it.
        var open = new Stack<(IEnumerator<object> Items, Func<bool> End)>();
        open.Push((_dataset.GetEnumerator(), null));
        while (open.TryPeek(out (IEnumerator<object> Items, Func<bool> End) level))
        {
            if (!level.Items.MoveNext())
            {
                open.Pop();
                level.Items.Dispose();
                if (level.End is not null)
                {
                    yield return new Step(Call: level.End);
                }

                continue;
            }

            switch (level.Items.Current)
            {
                case DicomElement element:
                    yield return new Step(Element: element);
                    break;
                case DicomSequence sequence:
                    yield return new Step(Call: () => walker.OnBeginSequence(sequence));
                    open.Push((sequence.Items.GetEnumerator(), walker.OnEndSequence));
                    break;
                case DicomDataset item:
                    yield return new Step(Call: () => walker.OnBeginSequenceItem(item));
                    open.Push((item.GetEnumerator(), walker.OnEndSequenceItem));
                    break;
                case DicomFragmentSequence fragments:
                    yield return new Step(Call: () => walker.OnBeginFragment(fragments));
                    foreach (IByteBuffer fragment in fragments.Fragments)
                    {
                        yield return new Step(Fragment: fragment);
                    }

                    yield return new Step(Call: walker.OnEndFragment);
                    break;
            }
        }
    }

    private sealed record Step(DicomElement Element = null, IByteBuffer Fragment = null, Func<bool> Call = null);
}
