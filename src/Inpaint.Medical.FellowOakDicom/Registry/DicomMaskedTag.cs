using System.Globalization;

namespace FellowOakDicom;

/// <summary>A pattern of tags, such as (60xx,3000): a tag matches where the mask has set bits.</summary>
public sealed class DicomMaskedTag : IFormattable
{
    public DicomMaskedTag(DicomTag tag)
    {
        Tag = tag;
        Mask = 0xFFFFFFFF;
    }

    private DicomMaskedTag(uint card, uint mask)
    {
        Card = card;
        Mask = mask;
    }

    public uint Card { get; private set; }

    public uint Mask { get; private set; }

    public ushort Group => (ushort)(Card >> 16);

    public ushort Element => (ushort)Card;

    public DicomTag Tag
    {
        get => new(Card);
        set => Card = value.Number;
    }

    /// <summary>Reads <c>ggggeeee</c>, <c>gggg,eeee</c> or <c>(gggg,eeee)</c> with <c>x</c> for any digit.</summary>
    /// <exception cref="DicomDataException">The text is none of these.</exception>
    public static DicomMaskedTag Parse(string s)
    {
        string digits = (s ?? "").Trim().TrimStart('(').TrimEnd(')').Replace(",", "", StringComparison.Ordinal).ToUpperInvariant();
        uint card = 0, mask = 0;
        foreach (char digit in digits)
        {
            card <<= 4;
            mask <<= 4;
            if (digit == 'X')
            {
                continue;
            }

            if (!byte.TryParse([digit], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                throw new DicomDataException($"Expected a masked tag like (60xx,3000), found \"{s}\".");
            }

            card |= value;
            mask |= 0xF;
        }

        return digits.Length == 8
            ? new DicomMaskedTag(card, mask)
            : throw new DicomDataException($"Expected a masked tag like (60xx,3000), found \"{s}\".");
    }

    public bool IsMatch(DicomTag tag) => Card == (tag.Number & Mask);

    public override string ToString() => ToString("G", null);

    public string ToString(string format, IFormatProvider formatProvider)
    {
        char[] digits = Card.ToString("x8", CultureInfo.InvariantCulture).ToCharArray();
        for (int i = 0; i < 8; i++)
        {
            if (((Mask >> (28 - (4 * i))) & 0xF) == 0)
            {
                digits[i] = 'x';
            }
        }

        string group = new(digits, 0, 4), element = new(digits, 4, 4);
        return format == "g" ? $"{group},{element}" : $"({group},{element})";
    }
}
