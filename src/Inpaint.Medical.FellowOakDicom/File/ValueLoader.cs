using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Brings values that are still in a file or stream into memory.</summary>
internal static class ValueLoader
{
    public static void LoadAll(DicomDataset dataset)
    {
        foreach (DicomItem item in dataset)
        {
            switch (item)
            {
                case DicomElement { Buffer.IsMemory: false } element:
                    element.Load();
                    break;
                case DicomSequence sequence:
                    sequence.Items.ToList().ForEach(LoadAll);
                    break;
                case DicomFragmentSequence fragments:
                    for (int i = 0; i < fragments.Fragments.Count; i++)
                    {
                        fragments.Fragments[i] = fragments.Fragments[i].IsMemory ? fragments.Fragments[i] : new MemoryByteBuffer(fragments.Fragments[i].Data);
                    }

                    break;
            }
        }
    }
}
