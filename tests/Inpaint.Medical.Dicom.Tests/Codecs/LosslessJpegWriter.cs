namespace Inpaint.Medical.Dicom.Tests.Codecs;

/// <summary>
/// The plain twin of the JPEG lossless decoder: codes samples by T.81 Annex H with one Huffman table in which every category has a code of
/// five bits. No speed, no compression; every option of the process that the decoder takes.
/// </summary>
internal sealed class LosslessJpegWriter
{
    private readonly JpegByteWriter output = new();

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public int Components { get; init; } = 1;

    public int Precision { get; init; } = 16;

    public int Predictor { get; init; } = 1;

    public int PointTransform { get; init; }

    /// <summary>Rows between restart markers; 0 without.</summary>
    public int RestartRows { get; init; }

    public bool IsInterleaved { get; init; } = true;

    /// <param name="samples">[rows, columns, components].</param>
    public byte[] Write(ushort[] samples)
    {
        output.Clear();
        output.Marker(0xD8);
        output.Segment(0xC4, [0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 17).Select(category => (byte)category)]);
        if (RestartRows > 0)
        {
            output.Segment(0xDD, [(byte)(RestartRows * Columns >> 8), (byte)(RestartRows * Columns)]);
        }

        output.Segment(0xC3,
        [
            (byte)Precision, (byte)(Rows >> 8), (byte)Rows, (byte)(Columns >> 8), (byte)Columns, (byte)Components,
            .. Enumerable.Range(1, Components).SelectMany(id => new byte[] { (byte)id, 0x11, 0 }),
        ]);
        if (IsInterleaved)
        {
            WriteScan(samples, [.. Enumerable.Range(0, Components)]);
        }
        else
        {
            for (int component = 0; component < Components; component++)
            {
                WriteScan(samples, [component]);
            }
        }

        output.Marker(0xD9);
        return output.ToArray();
    }

    private void WriteScan(ushort[] samples, int[] components)
    {
        output.Segment(0xDA,
        [
            (byte)components.Length, .. components.SelectMany(c => new byte[] { (byte)(c + 1), 0 }), (byte)Predictor, 0, (byte)PointTransform,
        ]);
        for (int row = 0; row < Rows; row++)
        {
            bool isFirst = RestartRows > 0 ? row % RestartRows == 0 : row == 0;
            if (isFirst && row > 0)
            {
                output.Restart((row / RestartRows) - 1);
            }

            for (int column = 0; column < Columns; column++)
            {
                foreach (int component in components)
                {
                    Put(At(row, column) - Prediction(row, column, isFirst));

                    int At(int r, int c) => samples[(((r * Columns) + c) * Components) + component] >> PointTransform;

                    int Prediction(int r, int c, bool first) => (first, c) switch
                    {
                        (true, 0) => 1 << (Precision - PointTransform - 1),
                        (true, _) => At(r, c - 1),
                        (false, 0) => At(r - 1, 0),
                        _ => Predict(At(r, c - 1), At(r - 1, c), At(r - 1, c - 1)),
                    };
                }
            }
        }

        output.Flush();
    }

    private int Predict(int a, int b, int c) => Predictor switch
    {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    };

    private void Put(int difference)
    {
        difference = (short)difference;  // modulo 2^16
        if (difference == short.MinValue)
        {
            output.Bits(16, 5);
            return;
        }

        int category = 0;
        while (Math.Abs(difference) >= 1 << category)
        {
            category++;
        }

        output.Bits((uint)category, 5);
        output.Bits((uint)(difference < 0 ? difference + (1 << category) - 1 : difference), category);
    }
}
