namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>A scan header of JPEG lossless. Source: ITU-T T.81, B.2.3 and Annex H.</summary>
/// <param name="Components">Positions of the scan's components in the frame.</param>
/// <param name="Predictor">1 to 7, table H.1.</param>
internal sealed record LosslessScan(
    int[] Components, JpegHuffmanTable[] Tables, int Predictor, int PointTransform, int FirstPrediction, int RestartInterval)
{
    public static LosslessScan Parse(ReadOnlySpan<byte> content, JpegFrameHeader? header, JpegHuffmanTable?[,] tables, int restartInterval)
    {
        int count = content.IsEmpty ? 0 : content[0];
        if (header is null || count == 0 || count > header.Components.Length || content.Length < 4 + (2 * count))
        {
            throw new CodestreamException("JPEG lossless: a scan header is damaged.");
        }

        int predictor = content[1 + (2 * count)];
        int pointTransform = content[3 + (2 * count)] & 15;
        if (predictor is < 1 or > 7 || pointTransform >= header.Precision)
        {
            throw new CodestreamException(FormattableString.Invariant(
                $"JPEG lossless: predictor {predictor} with point transform {pointTransform} is outside T.81, table B.3."));
        }

        var components = new int[count];
        var scanTables = new JpegHuffmanTable[count];
        for (int i = 0; i < count; i++)
        {
            components[i] = header.IndexOf(content[1 + (2 * i)]);
            scanTables[i] = tables[0, (content[2 + (2 * i)] >> 4) & 3]
                ?? throw new CodestreamException("JPEG lossless: a scan uses a Huffman table that is not defined.");
        }

        return new LosslessScan(
            components, scanTables, predictor, pointTransform, 1 << (header.Precision - pointTransform - 1), restartInterval);
    }

    /// <summary>Rows between restart markers, 0 without restarts; intervals are whole rows (H.1.1).</summary>
    public int RowsPerRestart(int columns) => RestartInterval % columns == 0
        ? RestartInterval / columns
        : throw new CodestreamException(FormattableString.Invariant(
            $"JPEG lossless: a restart interval of {RestartInterval} samples is not a number of whole rows of {columns}."));
}
