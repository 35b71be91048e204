using System.Globalization;

namespace Inpaint.Medical.Core.Stacks;

/// <summary>How many slices are missing before the first and after the last one, as far as the headers tell.</summary>
/// <param name="Why">What the headers say, in words.</param>
internal sealed record EndEvidence(int Before, int After, string Why)
{
    public static EndEvidence None { get; } = new(0, 0, string.Empty);

    /// <summary>
    /// Instance numbers that rise or fall along the whole stack start at 1 at one end; Images in Acquisition counts them all. Only a
    /// series that was not split is judged: in a part of one the numbers belong to the whole.
    /// </summary>
    /// <param name="images">In slot order.</param>
    /// <param name="slotCount">Slots from the first to the last image, holes included.</param>
    public static EndEvidence Of(IReadOnlyList<DecodedImage> images, int slotCount, bool isWholeSeries)
    {
        int[] numbers = [.. images.Select(image => image.Header.InstanceNumber).OfType<int>()];
        int[] jumps = [.. numbers.Skip(1).Zip(numbers, (next, previous) => Math.Sign(next - previous)).Distinct()];
        if (!isWholeSeries || numbers.Length != images.Count || jumps is not [1 or -1] || images.Any(image => image.Header.FrameCount > 1))
        {
            return None;
        }

        int lowest = numbers.Min();
        int atStart = Math.Max(lowest - 1, 0);
        int? total = TotalOf(images);
        if (total is { } known)
        {
            int lacking = Math.Max(known - slotCount, 0);
            atStart = Math.Min(atStart, lacking);
            return Directed(jumps[0], atStart, lacking - atStart, Text($"{known} images, as Images in Acquisition (0020,1002) says"));
        }

        return Directed(jumps[0], atStart, 0, "instance numbers that start at 1");
    }

    private static EndEvidence Directed(int direction, int atLowNumbers, int atHighNumbers, string why) =>
        direction > 0 ? new EndEvidence(atLowNumbers, atHighNumbers, why) : new EndEvidence(atHighNumbers, atLowNumbers, why);

    // One acquisition, one count, and a count that can be true.
    private static int? TotalOf(IReadOnlyList<DecodedImage> images)
    {
        int?[] totals = [.. images.Select(image => image.Header.ImagesInAcquisition).Distinct()];
        bool isOneAcquisition = images.Select(image => image.Header.AcquisitionNumber).Distinct().Count() == 1;
        return isOneAcquisition && totals is [{ } total] && total >= images.Count ? total : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
