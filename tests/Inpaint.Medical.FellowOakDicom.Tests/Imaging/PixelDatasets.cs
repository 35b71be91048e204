using FellowOakDicom;
using FellowOakDicom.IO.Buffer;

namespace Inpaint.Medical.FellowOakDicom.Tests.Imaging;

/// <summary>Data sets with just what pixel data need.</summary>
internal static class PixelDatasets
{
    public static DicomDataset Header(
        DicomTransferSyntax syntax, int rows, int columns, int bits = 16, int samples = 1, int frames = 1, int planar = 0) => new DicomDataset(syntax)
        .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.MRImageStorage)
        .AddOrUpdate(DicomTag.SOPInstanceUID, "1.2.3.4")
        .AddOrUpdate(DicomTag.Rows, (ushort)rows)
        .AddOrUpdate(DicomTag.Columns, (ushort)columns)
        .AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)samples)
        .AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)planar)
        .AddOrUpdate(DicomTag.PhotometricInterpretation, samples == 1 ? "MONOCHROME2" : "RGB")
        .AddOrUpdate(DicomTag.BitsAllocated, (ushort)bits)
        .AddOrUpdate(DicomTag.BitsStored, (ushort)bits)
        .AddOrUpdate(DicomTag.HighBit, (ushort)(bits - 1))
        .AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0)
        .AddOrUpdate(DicomTag.NumberOfFrames, frames);

    public static DicomDataset WithPixels(this DicomDataset dataset, byte[] pixels) =>
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, new MemoryByteBuffer(pixels)));

    /// <summary>Encapsulated pixel data of these fragments.</summary>
    public static DicomDataset WithFragments(this DicomDataset dataset, IEnumerable<uint> offsets, params byte[][] fragments)
    {
        var sequence = new DicomOtherByteFragment(DicomTag.PixelData);
        foreach (uint offset in offsets)
        {
            sequence.OffsetTable.Add(offset);
        }

        foreach (byte[] fragment in fragments)
        {
            sequence.Fragments.Add(new MemoryByteBuffer(fragment));
        }

        return dataset.AddOrUpdate(sequence);
    }

    public static byte[] Pixels(this DicomDataset dataset) => dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data;
}
