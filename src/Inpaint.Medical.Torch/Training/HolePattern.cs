namespace Inpaint.Medical.Torch.Training;

/// <summary>A target slice and the eight visible slices around it, as offsets from the target in slices.</summary>
/// <param name="Name">1, 2, 3 (gap), x2, x3 (every second, third slice), long, holes, end.</param>
/// <param name="Visible">Offsets of the visible slices, ascending.</param>
public sealed record HolePattern(string Name, int[] Visible)
{
    /// <summary>Visible slices of every training slab.</summary>
    public const int VisibleCount = 8;

    /// <summary>The patterns of the published figures; each is measured on every target of its gap.</summary>
    public static IReadOnlyList<string> Measured { get; } = ["1", "2", "3", "x2"];

    /// <summary>All targets of a measured pattern.</summary>
    public static IReadOnlyList<HolePattern> Targets(string name) =>
        name == "x2" ? [Periodic(2, 1)] : [.. Enumerable.Range(0, Gap(name)).Select(target => InGap(name, Gap(name), target))];

    /// <summary>A random pattern: mostly the measured ones, else long gaps, several gaps, ends.</summary>
    public static HolePattern Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double u = random.NextDouble();
        if (u < .26) return InGap("1", 1, 0);
        if (u < .46) return InGap("2", 2, random.Next(2));
        if (u < .64) return InGap("3", 3, random.Next(3));
        if (u < .83) return Periodic(2, 1);
        if (u < .87) return Periodic(3, random.Next(1, 3));
        if (u < .92) { int gap = random.Next(4, 7); return InGap("long", gap, random.Next(gap)); }
        if (u < .97) return WithHoles(random);
        int distance = random.Next(1, 4);
        int[] above = [.. Enumerable.Range(distance, VisibleCount)];
        return new HolePattern("end", random.Next(2) == 0 ? above : [.. above.Reverse().Select(z => -z)]);
    }

    private static int Gap(string name) => int.Parse(name, System.Globalization.CultureInfo.InvariantCulture);

    private static HolePattern InGap(string name, int gap, int target) =>
        new(name, [.. Enumerable.Range(-4, 4).Select(z => z - target), .. Enumerable.Range(gap, 4).Select(z => z - target)]);

    private static HolePattern Periodic(int period, int target) =>
        new("x" + period.ToString(System.Globalization.CultureInfo.InvariantCulture), [.. Enumerable.Range(-3, VisibleCount).Select(k => (k * period) - target)]);

    /// <summary>A gap of 1 to 3 whose context has holes of its own.</summary>
    private static HolePattern WithHoles(Random random)
    {
        int gap = random.Next(1, 4), target = random.Next(gap);
        int[] Side(int first, int step)
        {
            var side = new List<int>();
            for (int z = first; side.Count < 4; z += step)
            {
                if (random.NextDouble() < .7) side.Add(z - target);
            }

            return [.. side];
        }

        return new HolePattern("holes", [.. Side(-1, -1).Reverse(), .. Side(gap, 1)]);
    }
}
