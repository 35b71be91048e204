using System.Buffers.Binary;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>Image and tile size (SIZ) of a JPEG 2000 codestream, read before the decoder sees it. Source: ITU-T T.800, A.5.1 and I.4.</summary>
internal sealed record Jpeg2000Header(long Rows, long Columns, long Tiles, int Components, int Precision, bool IsSubsampled)
{
    // Far above medical images; a decoder keeps a record of some kilobytes per tile.
    private const long MostTiles = 4096;

    private static ReadOnlySpan<byte> StartMarkers => [0xFF, 0x4F, 0xFF, 0x51];

    private static ReadOnlySpan<byte> Jp2Signature => [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' '];

    /// <summary>The codestream itself; a JP2 file's boxes around it, which PS3.5 A.4.4 does not want, are gone over.</summary>
    public static ReadOnlySpan<byte> FindCodestream(ReadOnlySpan<byte> data)
    {
        while (data.StartsWith(Jp2Signature) || (data.Length >= 8 && !data.StartsWith(StartMarkers)))
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(data);
            if (data.Slice(4, 4).SequenceEqual("jp2c"u8))
            {
                return data[8..];
            }

            if (length < 8 || length > data.Length)
            {
                break;
            }

            data = data[(int)length..];
        }

        return data;
    }

    public static Jpeg2000Header Parse(ReadOnlySpan<byte> codestream)
    {
        const int FirstComponent = 42;
        if (!codestream.StartsWith(StartMarkers) || codestream.Length < FirstComponent + 3)
        {
            throw new CodestreamException("JPEG 2000: there is no codestream header.");
        }

        int components = BinaryPrimitives.ReadUInt16BigEndian(codestream[40..]);
        if (components == 0 || codestream.Length < FirstComponent + (3 * components))
        {
            throw new CodestreamException("JPEG 2000: the codestream header is cut short.");
        }

        long x1 = Number(codestream, 8), y1 = Number(codestream, 12), x0 = Number(codestream, 16), y0 = Number(codestream, 20);
        long tileWidth = Number(codestream, 24), tileHeight = Number(codestream, 28);
        long tileX0 = Number(codestream, 32), tileY0 = Number(codestream, 36);
        if (tileWidth == 0 || tileHeight == 0)
        {
            throw new CodestreamException("JPEG 2000: the tiles have no size.");
        }

        int precision = 0;
        bool isSubsampled = false;
        for (int c = 0; c < components; c++)
        {
            ReadOnlySpan<byte> entry = codestream.Slice(FirstComponent + (3 * c), 3);
            precision = Math.Max(precision, (entry[0] & 0x7F) + 1);
            isSubsampled |= entry[1] != 1 || entry[2] != 1;
        }

        long tiles = Quotient(x1 - tileX0, tileWidth) * Quotient(y1 - tileY0, tileHeight);
        return new Jpeg2000Header(y1 - y0, x1 - x0, tiles, components, precision, isSubsampled);
    }

    public void Require(FrameShape shape)
    {
        shape.Require("JPEG 2000", Rows, Columns, Components, Precision);
        if (IsSubsampled)
        {
            throw new CodestreamException("JPEG 2000: subsampled components are not supported.");
        }

        if (Tiles is < 1 or > MostTiles)
        {
            throw new CodestreamException(FormattableString.Invariant($"JPEG 2000: {Tiles} tiles; at most {MostTiles} are decoded."));
        }
    }

    private static long Number(ReadOnlySpan<byte> codestream, int offset) => BinaryPrimitives.ReadUInt32BigEndian(codestream[offset..]);

    private static long Quotient(long length, long tile) => length <= 0 ? 0 : (length + tile - 1) / tile;
}
