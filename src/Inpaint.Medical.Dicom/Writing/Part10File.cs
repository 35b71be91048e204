using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>A data set as the bytes of a DICOM file (PS3.10, 7), Explicit VR Little Endian.</summary>
internal static class Part10File
{
    private static readonly Lock Gate = new();

    public static ReadOnlyMemory<byte> Bytes(DicomDataset dataset)
    {
        const int header = 1 << 14;
        NameImplementation();
        long pixels = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)?.Length ?? 0;
        using var stream = new MemoryStream(checked((int)pixels + header));
        new DicomFile(dataset).Save(stream);
        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }

    /// <summary>The library names itself otherwise, and so would make bytes depend on its version.</summary>
    private static void NameImplementation()
    {
        lock (Gate)
        {
            DicomImplementation.ClassUID = new DicomUID(DicomNames.ImplementationClassUid, "Inpaint.Medical", DicomUidType.Unknown);
            DicomImplementation.Version = "INPAINT";
        }
    }
}
