using FellowOakDicom;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>The Image Pixel module's description of samples (PS3.3 C.7.6.3) to and from <see cref="PixelFormat"/>.</summary>
internal static class PixelFormats
{
    public static PixelFormat Read(AttributeReader attributes)
    {
        int allocated = attributes.Integer(DicomTag.BitsAllocated) ?? 16;
        bool isSigned = attributes.Integer(DicomTag.PixelRepresentation) == 1;
        SampleType sample = allocated switch
        {
            <= 8 => isSigned ? SampleType.Int8 : SampleType.UInt8,
            <= 16 => isSigned ? SampleType.Int16 : SampleType.UInt16,
            _ => isSigned ? SampleType.Int32 : SampleType.UInt32,
        };
        int stored = attributes.Integer(DicomTag.BitsStored) ?? allocated;
        return new PixelFormat(sample, stored, attributes.Integer(DicomTag.HighBit) ?? stored - 1, Padding(attributes, isSigned));
    }

    public static int BitsAllocated(PixelFormat format) => format.BytesPerSample * 8;

    /// <summary>US or SS by Pixel Representation; in implicit VR the reader had to guess, so the bits are taken, not the sign.</summary>
    private static long? Padding(AttributeReader attributes, bool isSigned) => attributes.Integer(DicomTag.PixelPaddingValue) is { } value
        ? isSigned ? (short)value : (ushort)value
        : null;
}
