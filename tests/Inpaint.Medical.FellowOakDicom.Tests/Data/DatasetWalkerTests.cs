using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Data;

public class DatasetWalkerTests
{
    [Fact]
    public void EverythingIsVisitedInOrder()
    {
        var fragments = new DicomOtherByteFragment(DicomTag.PixelData);
        fragments.Fragments.Add(new MemoryByteBuffer(new byte[2]));
        var dataset = new DicomDataset(
            new DicomLongString(DicomTag.PatientID, "1"),
            new DicomSequence(DicomTag.ReferencedImageSequence, new DicomDataset { { DicomTag.ReferencedSOPInstanceUID, "1.2" } }), fragments);
        var log = new Log();

        new DicomDatasetWalker(dataset).Walk(log);

        Assert.Equal("begin sequence item (0008,1155) /item /sequence (0010,0020) fragments 2 /fragments end", string.Join(' ', log.Calls));
    }

    [Fact]
    public void FalseEndsTheWalk()
    {
        var log = new Log { StopAt = DicomTag.SOPInstanceUID };

        new DicomDatasetWalker(SomeDataset.Minimal()).Walk(log);

        Assert.Equal("begin (0008,0016) (0008,0018) end", string.Join(' ', log.Calls));
    }

    private sealed class Log : IDicomDatasetWalker
    {
        public List<string> Calls { get; } = [];

        public DicomTag? StopAt { get; init; }

        public void OnBeginWalk() => Calls.Add("begin");

        public bool OnElement(DicomElement element) => Note(element.Tag.ToString()) && element.Tag != StopAt;

        public Task<bool> OnElementAsync(DicomElement element) => Task.FromResult(OnElement(element));

        public bool OnBeginSequence(DicomSequence sequence) => Note("sequence");

        public bool OnBeginSequenceItem(DicomDataset dataset) => Note("item");

        public bool OnEndSequenceItem() => Note("/item");

        public bool OnEndSequence() => Note("/sequence");

        public bool OnBeginFragment(DicomFragmentSequence fragment) => Note("fragments");

        public bool OnFragmentItem(IByteBuffer item) => Note($"{item.Size}");

        public Task<bool> OnFragmentItemAsync(IByteBuffer item) => Task.FromResult(OnFragmentItem(item));

        public bool OnEndFragment() => Note("/fragments");

        public void OnEndWalk() => Calls.Add("end");

        private bool Note(string call)
        {
            Calls.Add(call);
            return true;
        }
    }
}
