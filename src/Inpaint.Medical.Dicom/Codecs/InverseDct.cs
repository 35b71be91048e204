namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>
/// Inverse 8 x 8 DCT in 13-bit fixed point, columns then rows, with the 12-multiplication flow graph of Loeffler, Ligtenberg and
/// Moschytz (ICASSP 1989). Scaling and rounding are those of the reference software's accurate integer method, so results agree with it.
/// </summary>
internal static class InverseDct
{
    private const int FractionBits = 13;

    // round(c * 2^13); c in terms of cos(k * pi / 16), as in the paper's figure 1.
    private const int C0298631336 = 2446, C0390180644 = 3196, C0541196100 = 4433, C0765366865 = 6270, C0899976223 = 7373;
    private const int C1175875602 = 9633, C1501321110 = 12299, C1847759065 = 15137, C1961570560 = 16069, C2053119869 = 16819;
    private const int C2562915447 = 20995, C3072711026 = 25172;

    /// <summary>Turns 64 coefficients, [8, 8], into samples of this precision (bits), level-shifted and clamped.</summary>
    public static void TransformInPlace(Span<int> block, int precision)
    {
        // The extra bits kept between the passes: as many as 32-bit products allow.
        int keptBits = precision == 8 ? 2 : 1;
        for (int column = 0; column < 8; column++)
        {
            Transform(block[column..], 8, FractionBits - keptBits);
        }

        for (int row = 0; row < 8; row++)
        {
            Transform(block[(8 * row)..], 1, FractionBits + keptBits + 3);
        }

        int middle = 1 << (precision - 1);
        int largest = (1 << precision) - 1;
        for (int i = 0; i < 64; i++)
        {
            block[i] = Math.Clamp(block[i] + middle, 0, largest);
        }
    }

    private static void Transform(Span<int> v, int step, int shift)
    {
        // Even part: coefficients 0, 2, 4, 6.
        int z = (v[2 * step] + v[6 * step]) * C0541196100;
        int even2 = z - (v[6 * step] * C1847759065);
        int even3 = z + (v[2 * step] * C0765366865);
        int even0 = (v[0] + v[4 * step]) << FractionBits;
        int even1 = (v[0] - v[4 * step]) << FractionBits;
        int a0 = even0 + even3, a3 = even0 - even3, a1 = even1 + even2, a2 = even1 - even2;

        // Odd part: coefficients 7, 5, 3, 1.
        int o0 = v[7 * step], o1 = v[5 * step], o2 = v[3 * step], o3 = v[step];
        int z5 = (o0 + o2 + o1 + o3) * C1175875602;
        int z1 = (o0 + o3) * -C0899976223;
        int z2 = (o1 + o2) * -C2562915447;
        int z3 = ((o0 + o2) * -C1961570560) + z5;
        int z4 = ((o1 + o3) * -C0390180644) + z5;
        int b0 = (o0 * C0298631336) + z1 + z3;
        int b1 = (o1 * C2053119869) + z2 + z4;
        int b2 = (o2 * C3072711026) + z2 + z3;
        int b3 = (o3 * C1501321110) + z1 + z4;

        int half = 1 << (shift - 1);
        v[0] = (a0 + b3 + half) >> shift;
        v[7 * step] = (a0 - b3 + half) >> shift;
        v[step] = (a1 + b2 + half) >> shift;
        v[6 * step] = (a1 - b2 + half) >> shift;
        v[2 * step] = (a2 + b1 + half) >> shift;
        v[5 * step] = (a2 - b1 + half) >> shift;
        v[3 * step] = (a3 + b0 + half) >> shift;
        v[4 * step] = (a3 - b0 + half) >> shift;
    }
}
