using System.Runtime.InteropServices;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Image Pixel, rescale, window and VOI LUT (PS3.3 C.7.6.3, C.11.1, C.11.2).</summary>
internal sealed class PixelAttributes(DerivedSeries series, SourceSurvey survey)
{
    public void Add(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        AddPixels(series.Geometry.Rows, series.Geometry.Columns, series.Format, slice.Samples, target);
        AddRescale(slice, reference, target);
        AddLossy(slice, reference, target);
        foreach (DicomItem item in slice.Kind == SliceKind.Synthetic ? survey.MedianWindow() : SourceSurvey.WindowOf(reference))
        {
            target.AddOrUpdate(item);
        }

        // A table may differ from slice to slice as a window may: a synthetic slice takes that of the nearest acquired one.
        if (reference.GetDicomItem<DicomItem>(DicomTag.VOILUTSequence) is { } table)
        {
            target.AddOrUpdate(table);
        }
    }

    /// <summary>Matrix, sample format, true extremes, padding value and the samples themselves, native little endian.</summary>
    public static void AddPixels(int rows, int columns, PixelFormat format, ReadOnlyMemory<byte> samples, DicomDataset target)
    {
        AddFormat(rows, columns, format, target);
        if (format.BytesPerSample <= 2)
        {
            (int smallest, int largest) = Extremes(format, samples.Span);
            target.AddOrUpdate(Sample(DicomTag.SmallestImagePixelValue, format, smallest));
            target.AddOrUpdate(Sample(DicomTag.LargestImagePixelValue, format, largest));
            if (format.PaddingValue is { } padding)
            {
                target.AddOrUpdate(Sample(DicomTag.PixelPaddingValue, format, (int)padding));
            }
        }

        AddSamples(format, samples, target);
    }

    public static void AddFormat(int rows, int columns, PixelFormat format, DicomDataset target)
    {
        target.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)1);
        target.AddOrUpdate(DicomTag.Rows, checked((ushort)rows));
        target.AddOrUpdate(DicomTag.Columns, checked((ushort)columns));
        target.AddOrUpdate(DicomTag.BitsAllocated, (ushort)PixelFormats.BitsAllocated(format));
        target.AddOrUpdate(DicomTag.BitsStored, (ushort)format.BitsStored);
        target.AddOrUpdate(DicomTag.HighBit, (ushort)format.HighBit);
        target.AddOrUpdate(DicomTag.PixelRepresentation, (ushort)(format.IsSigned ? 1 : 0));
    }

    public static void AddSamples(PixelFormat format, ReadOnlyMemory<byte> samples, DicomDataset target)
    {
        IByteBuffer buffer = EvenLengthBuffer.Create(new MemoryByteBuffer(ArrayOf(samples)));
        target.AddOrUpdate(format.BytesPerSample > 1 ? new DicomOtherWord(DicomTag.PixelData, buffer) : new DicomOtherByte(DicomTag.PixelData, buffer));
    }

    /// <summary>The array behind the samples, where they are all of it: slices are not copied only to be written.</summary>
    private static byte[] ArrayOf(ReadOnlyMemory<byte> samples) =>
        MemoryMarshal.TryGetArray(samples, out ArraySegment<byte> segment) && segment.Count == segment.Array!.Length ? segment.Array : samples.ToArray();

    /// <summary>Smallest and largest sample, of the stored bits only.</summary>
    internal static (int Smallest, int Largest) Extremes(PixelFormat format, ReadOnlySpan<byte> samples)
    {
        int unused = 32 - format.BitsStored, above = 31 - format.HighBit;
        int smallest = int.MaxValue, largest = int.MinValue;
        ReadOnlySpan<ushort> words = format.BytesPerSample == 2 ? MemoryMarshal.Cast<byte, ushort>(samples) : [];
        int count = samples.Length / format.BytesPerSample;
        for (int i = 0; i < count; i++)
        {
            uint raw = (uint)(format.BytesPerSample == 2 ? words[i] : samples[i]) << above;
            int value = format.IsSigned ? (int)raw >> unused : (int)(raw >> unused);
            smallest = Math.Min(smallest, value);
            largest = Math.Max(largest, value);
        }

        return (smallest, largest);
    }

    private static DicomElement Sample(DicomTag tag, PixelFormat format, int value) => format.IsSigned
        ? new DicomSignedShort(tag, (short)value)
        : new DicomUnsignedShort(tag, (ushort)value);

    private void AddRescale(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        if (slice.Reference.Modality != "CT" && !survey.HasRescale)
        {
            return;
        }

        Rescale rescale = slice.Rescale ?? series.Rescale;
        bool isOwn = slice.Reference.Rescale == rescale && reference.Contains(DicomTag.RescaleSlope) && reference.Contains(DicomTag.RescaleIntercept);
        target.AddOrUpdate(isOwn
            ? reference.GetDicomItem<DicomItem>(DicomTag.RescaleIntercept)
            : new DicomDecimalString(DicomTag.RescaleIntercept, DecimalString.Of(rescale.Intercept)));
        target.AddOrUpdate(isOwn
            ? reference.GetDicomItem<DicomItem>(DicomTag.RescaleSlope)
            : new DicomDecimalString(DicomTag.RescaleSlope, DecimalString.Of(rescale.Slope)));
        if (survey.IsUniform(DicomTag.RescaleType) && reference.GetDicomItem<DicomItem>(DicomTag.RescaleType) is { } type)
        {
            target.AddOrUpdate(type);
        }
    }

    /// <summary>"Once this value has been set to 01 it shall not be reset" (PS3.3 C.7.6.1.1.5): one lossy source makes the slice lossy.</summary>
    private void AddLossy(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        bool isLossy = survey.IsLossy(slice.Reference) || slice.Sources.Any(survey.IsLossy);
        target.AddOrUpdate(DicomTag.LossyImageCompression, isLossy ? "01" : "00");
        if (!isLossy)
        {
            return;
        }

        foreach (DicomTag tag in new[] { DicomTag.LossyImageCompressionRatio, DicomTag.LossyImageCompressionMethod })
        {
            if (reference.GetDicomItem<DicomItem>(tag) is { } item)
            {
                target.AddOrUpdate(item);
            }
        }
    }
}
