using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Tests.Network;

/// <summary>Small CT images to send.</summary>
internal static class Objects
{
    internal static DicomFile Ct(int rows = 16, int columns = 16, string? instance = null, DicomTransferSyntax? syntax = null)
    {
        var pixels = new byte[rows * columns * 2];
        new Random(rows * columns).NextBytes(pixels);
        var dataset = new DicomDataset(syntax ?? DicomTransferSyntax.ExplicitVRLittleEndian)
        {
            { DicomTag.SOPClassUID, DicomUID.CTImageStorage },
            { DicomTag.SOPInstanceUID, instance ?? DicomUID.Generate().UID },
            { DicomTag.StudyInstanceUID, "1.2.3.4" },
            { DicomTag.SeriesInstanceUID, "1.2.3.4.5" },
            { DicomTag.Modality, "CT" },
            { DicomTag.PatientName, "Canary^Network" },
            { DicomTag.PatientID, "NET-1" },
            { DicomTag.Rows, (ushort)rows },
            { DicomTag.Columns, (ushort)columns },
            { DicomTag.BitsAllocated, (ushort)16 },
            { DicomTag.BitsStored, (ushort)16 },
            { DicomTag.HighBit, (ushort)15 },
            { DicomTag.PixelRepresentation, (ushort)0 },
            { DicomTag.SamplesPerPixel, (ushort)1 },
            { DicomTag.PhotometricInterpretation, "MONOCHROME2" },
        };
        dataset.Add(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(pixels)));
        return new DicomFile(dataset);
    }
}
