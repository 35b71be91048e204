using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging;

/// <summary>The frames of a data set's Pixel Data, and the attributes that say how to read them. Source: PS3.3 §C.7.6.3, PS3.5 §8.</summary>
public abstract class DicomPixelData
{
    private protected DicomPixelData(DicomDataset dataset)
    {
        Dataset = dataset;
        Syntax = dataset.InternalTransferSyntax;
    }

    public DicomDataset Dataset { get; }

    public DicomTransferSyntax Syntax { get; }

    /// <summary>Columns (0028,0011).</summary>
    public ushort Width
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.Columns);
        set => Dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.Columns, value));
    }

    /// <summary>Rows (0028,0010).</summary>
    public ushort Height
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.Rows);
        set => Dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.Rows, value));
    }

    public int NumberOfFrames
    {
        get => Dataset.GetSingleValueOrDefault(DicomTag.NumberOfFrames, 1);
        set => Dataset.AddOrUpdate(new DicomIntegerString(DicomTag.NumberOfFrames, value));
    }

    public BitDepth BitDepth => new(BitsAllocated, BitsStored, HighBit, PixelRepresentation == PixelRepresentation.Signed);

    public ushort BitsAllocated => Dataset.GetSingleValue<ushort>(DicomTag.BitsAllocated);

    /// <exception cref="DicomImagingException">More bits than are allocated.</exception>
    public ushort BitsStored
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.BitsStored);
        set
        {
            RequireFits(value <= BitsAllocated, "Bits Stored", value);
            Dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.BitsStored, value));
        }
    }

    /// <exception cref="DicomImagingException">Not one of the allocated bits.</exception>
    public ushort HighBit
    {
        get => Dataset.GetSingleValue<ushort>(DicomTag.HighBit);
        set
        {
            RequireFits(value < BitsAllocated, "High Bit", value);
            Dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.HighBit, value));
        }
    }

    public ushort SamplesPerPixel
    {
        get => Dataset.GetSingleValueOrDefault(DicomTag.SamplesPerPixel, (ushort)1);
        set => Dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.SamplesPerPixel, value));
    }

    public PixelRepresentation PixelRepresentation
    {
        get => (PixelRepresentation)Dataset.GetSingleValue<ushort>(DicomTag.PixelRepresentation);
        set => Dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.PixelRepresentation, (ushort)value));
    }

    public PlanarConfiguration PlanarConfiguration
    {
        get => (PlanarConfiguration)Dataset.GetSingleValueOrDefault(DicomTag.PlanarConfiguration, (ushort)0);
        set => Dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.PlanarConfiguration, (ushort)value));
    }

    /// <summary>Null where the data set has none.</summary>
    public PhotometricInterpretation PhotometricInterpretation
    {
        get => Dataset.TryGetSingleValue(DicomTag.PhotometricInterpretation, out string value) ? PhotometricInterpretation.Parse(value) : null;
        set => Dataset.AddOrUpdate(new DicomCodeString(DicomTag.PhotometricInterpretation, value.Value));
    }

    /// <summary>Lossy Image Compression (0028,2110) is 01.</summary>
    public bool IsLossy => Dataset.TryGetSingleValue(DicomTag.LossyImageCompression, out string value) && value == "01";

    public string LossyCompressionMethod => Dataset.GetSingleValue<string>(DicomTag.LossyImageCompressionMethod);

    public decimal LossyCompressionRatio => Dataset.GetSingleValue<decimal>(DicomTag.LossyImageCompressionRatio);

    public int BytesAllocated => (BitsAllocated + 7) / 8;

    /// <summary>Bytes of one frame when it is not compressed.</summary>
    /// <exception cref="DicomImagingException">More than an array can hold.</exception>
    public int UncompressedFrameSize
    {
        get
        {
            long size = BitsAllocated == 1
                ? (((long)Width * Height) + 7) / 8
                : (long)Height * EvenWidthOf422() * SamplesStoredPerPixel() * BytesAllocated;
            return size <= int.MaxValue ? (int)size : throw new DicomImagingException(
                FormattableString.Invariant($"A frame of {Height} rows and {Width} columns has {size} bytes, more than can be held."));
        }
    }

    /// <summary>Opens the pixel data of a data set, or gives it new, empty ones.</summary>
    /// <exception cref="DicomImagingException">There are no pixel data, or of a form that cannot be used.</exception>
    public static DicomPixelData Create(DicomDataset dataset, bool newPixelData = false)
    {
        if (newPixelData)
        {
            return dataset.InternalTransferSyntax.IsEncapsulated
                ? EncapsulatedPixelData.CreateNew(dataset)
                : NativePixelData.CreateNew(dataset);
        }

        return dataset.GetDicomItem<DicomItem>(DicomTag.PixelData) switch
        {
            DicomFragmentSequence fragments => new EncapsulatedPixelData(dataset, fragments),
            DicomElement element and (DicomOtherByte or DicomOtherWord) and not DicomUnknown => new NativePixelData(dataset, element),
            null => throw new DicomImagingException("DICOM dataset is missing pixel data element."),
            DicomItem other => throw new DicomImagingException($"Pixel data of VR {other.ValueRepresentation.Code} cannot be used."),
        };
    }

    /// <summary>One frame as it is stored; compressed where the transfer syntax is.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such frame.</exception>
    /// <exception cref="DicomImagingException">It cannot be told which fragments are the frame's.</exception>
    public abstract IByteBuffer GetFrame(int frame);

    /// <summary>Appends a frame and counts it in Number of Frames.</summary>
    public abstract void AddFrame(IByteBuffer data);

    private protected void RequireFrame(int frame)
    {
        if (frame < 0 || frame >= NumberOfFrames)
        {
#pragma warning disable CA2201 // fo-dicom's documented exception for this
            throw new IndexOutOfRangeException("Requested frame out of range!");
#pragma warning restore CA2201
        }
    }

    // Odd widths in 4:2:2 and 4:2:0 are stored with one column more.
    private int EvenWidthOf422() => Width + (Width % 2 != 0 && IsSubsampled() ? 1 : 0);

    // Uncompressed 4:2:2 has two samples per pixel on average, compressed is decoded to all three.
    private int SamplesStoredPerPixel() =>
        PhotometricInterpretation == PhotometricInterpretation.YbrFull422 && !Syntax.IsEncapsulated ? 2 : SamplesPerPixel;

    private bool IsSubsampled() => PhotometricInterpretation is { } value && (value == PhotometricInterpretation.YbrFull422
        || value == PhotometricInterpretation.YbrPartial422 || value == PhotometricInterpretation.YbrPartial420);

    private void RequireFits(bool fits, string name, ushort value)
    {
        if (!fits)
        {
            throw new DicomImagingException(FormattableString.Invariant($"{name} {value} does not fit {BitsAllocated} bits allocated."));
        }
    }
}
