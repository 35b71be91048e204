using System.Buffers.Binary;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>A JPEG frame header (SOFn). Source: ITU-T T.81, B.2.2.</summary>
/// <param name="Process">n of SOFn: 0 baseline, 1 extended sequential, 2 progressive, 3 lossless.</param>
/// <param name="Precision">Bits per sample.</param>
/// <param name="Components">Identifier, quantisation table and sampling factors of each component.</param>
internal sealed record JpegFrameHeader(int Process, int Precision, int Lines, int SamplesPerLine, JpegComponent[] Components)
{
    private static readonly string[] ProcessNames =
    [
        "baseline", "extended sequential", "progressive", "lossless", "", "differential sequential", "differential progressive",
        "differential lossless", "", "arithmetic sequential", "arithmetic progressive", "arithmetic lossless", "",
        "arithmetic differential sequential", "arithmetic differential progressive", "arithmetic differential lossless",
    ];

    public string Name => $"JPEG {ProcessNames[Process]}";

    public static JpegFrameHeader Parse(byte marker, ReadOnlySpan<byte> content)
    {
        if (content.Length < 6 || content[5] == 0 || content.Length < 6 + (3 * content[5]))
        {
            throw new CodestreamException("JPEG: the frame header is cut short.");
        }

        var components = new JpegComponent[content[5]];
        for (int i = 0; i < components.Length; i++)
        {
            ReadOnlySpan<byte> entry = content.Slice(6 + (3 * i), 3);
            components[i] = new JpegComponent(entry[0], entry[1] >> 4, entry[1] & 15, entry[2]);
        }

        return new JpegFrameHeader(
            marker & 15,
            content[0],
            BinaryPrimitives.ReadUInt16BigEndian(content[1..]),
            BinaryPrimitives.ReadUInt16BigEndian(content[3..]),
            components);
    }

    /// <summary>Finds the first frame header of a codestream.</summary>
    public static JpegFrameHeader Find(ReadOnlySpan<byte> codestream)
    {
        var segments = new JpegSegments(codestream);
        while (segments.Next())
        {
            if (segments.IsFrameHeader)
            {
                return Parse(segments.Marker, segments.Content);
            }
        }

        throw new CodestreamException("JPEG: there is no frame header.");
    }

    /// <summary>Position of a component, by its identifier in a scan header.</summary>
    public int IndexOf(byte identifier)
    {
        int index = Array.FindIndex(Components, component => component.Identifier == identifier);
        return index >= 0 ? index : throw new CodestreamException(FormattableString.Invariant(
            $"{Name}: a scan names component {identifier}, which the frame header has not."));
    }
}

internal readonly record struct JpegComponent(byte Identifier, int Horizontal, int Vertical, int QuantisationTable);
