using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>A data set as the bytes of a DICOM file (PS3.10, 7), Explicit VR Little Endian.</summary>
internal static class Part10File
{
    private static readonly Lock Gate = new();

    public static byte[] Bytes(DicomDataset dataset)
    {
        NameImplementation();
        using var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
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
