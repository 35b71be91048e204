using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Core.Masking;

/// <summary>Lists of slices as an operator writes them: "10,20-23".</summary>
public static class SliceNumbers
{
    /// <summary>Parses zero-based numbers and closed ranges, separated by commas.</summary>
    /// <param name="text">For example 10,20-23.</param>
    /// <param name="sliceCount">Slices of the volume; numbers lie in 0 … sliceCount − 1.</param>
    /// <returns>Ascending, each once.</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>, <see cref="ErrorCode.SliceNumberOutOfRange"/>.</exception>
    public static ImmutableArray<int> Parse(string text, int sliceCount)
    {
        ArgumentNullException.ThrowIfNull(text);
        var numbers = new SortedSet<int>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-', 2, StringSplitOptions.TrimEntries);
            if (!TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last) || last < first)
            {
                throw new InpaintException(ErrorCode.UsageInvalid, $"'{part}' is no slice number or range; write numbers from 0, for example 10,20-23.");
            }

            Check(last, sliceCount);
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. numbers];
    }

    /// <summary>Refuses a number outside the volume.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.SliceNumberOutOfRange"/>.</exception>
    public static void Check(int slice, int sliceCount)
    {
        if (slice < 0 || slice >= sliceCount)
        {
            throw new InpaintException(ErrorCode.SliceNumberOutOfRange, $"Slice {slice} is not in the volume; its {sliceCount} slices are numbered 0 to {sliceCount - 1}.");
        }
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
