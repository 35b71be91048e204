using System.Collections.Immutable;

namespace Inpaint.Medical.Core.Volumes;

/// <summary>How well slices fit a grid.</summary>
public enum GridRegularity
{
    /// <summary>Every step is a multiple of the spacing, within the tolerance.</summary>
    Regular,

    /// <summary>Every step is a multiple of the spacing within 5 %: positions were rounded. Holes can still be told.</summary>
    SlightlyUneven,

    /// <summary>Steps that no one spacing explains, or a change of step that the numbering shows to be meant.</summary>
    Uneven,
}

/// <summary>The grid that a stack of slices lies on, found from the steps between them.</summary>
/// <param name="SpacingMm">The step of the grid; for an uneven stack the step that occurs most often.</param>
/// <param name="Slots">Slot of each slice, [slices]: consecutive for an uneven stack, with holes left out otherwise.</param>
/// <param name="LargestDeviationMm">Largest difference of a step from its multiple of the spacing.</param>
public sealed record SliceGrid(GridRegularity Regularity, double SpacingMm, ImmutableArray<int> Slots, double LargestDeviationMm)
{
    /// <summary>Difference of the instance numbers of neighbouring slots; 1 where they do not say.</summary>
    public int NumberStride { get; private init; } = 1;

    private const double SlightUnevenness = 0.05;

    // Beyond this a lone far slice would make a grid of nothing but holes.
    private const int MostSlotsASlice = 10;

    /// <summary>Finds the largest spacing of which all steps are multiples.</summary>
    /// <param name="positionsMm">Strictly increasing, at least two.</param>
    /// <param name="instanceNumbers">[slices], null where the image has none.</param>
    /// <param name="nominalMm">Spacings that the headers state (spacing between slices, thickness).</param>
    /// <remarks>
    /// Every observed step votes as a candidate, and every step divided by the difference of the instance numbers across it, so that a
    /// grid is found even when no two neighbours survived. A missing slice can lengthen steps, but only to multiples.
    /// </remarks>
    public static SliceGrid Fit(
        IReadOnlyList<double> positionsMm, IReadOnlyList<int?> instanceNumbers, IReadOnlyList<double> nominalMm)
    {
        ArgumentNullException.ThrowIfNull(positionsMm);
        ArgumentNullException.ThrowIfNull(instanceNumbers);
        ArgumentNullException.ThrowIfNull(nominalMm);
        double[] steps = [.. positionsMm.Skip(1).Zip(positionsMm, (next, previous) => next - previous)];
        int?[] jumps = [.. instanceNumbers.Skip(1).Zip(instanceNumbers, (next, previous) => Math.Abs((next - previous) ?? 0) is var j and > 0 ? j : (int?)null)];
        double[] candidates =
        [
            .. steps.Concat(steps.Zip(jumps).Where(pair => pair.Second > 1).Select(pair => pair.First / pair.Second!.Value)).OrderDescending().Distinct(),
        ];

        Trial? strict = BestTrial(steps, jumps, candidates, SlicePositions.ToleranceMm);
        Trial? best = strict ?? BestTrial(steps, jumps, candidates, spacing => SlightUnevenness * spacing);
        if (best is null || IsMeant(best.Multiples, jumps))
        {
            return Uneven(steps);
        }

        best = Subdivided(best, jumps, nominalMm);
        return new SliceGrid(
            strict is null ? GridRegularity.SlightlyUneven : GridRegularity.Regular, best.SpacingMm, SlotsOf(best.Multiples), best.DeviationMm)
        {
            NumberStride = StrideOf(best.Multiples, jumps),
        };
    }

    private sealed record Trial(double SpacingMm, int[] Multiples, double DeviationMm);

    private static Trial? BestTrial(double[] steps, int?[] jumps, double[] candidates, Func<double, double> tolerance) =>
        candidates.Select(candidate => Try(steps, candidate)).FirstOrDefault(trial =>
            trial is not null && trial.DeviationMm <= tolerance(trial.SpacingMm) && IsSupported(trial.Multiples, jumps));

    // The candidate is one noisy step; the spacing that best explains all steps together is their sum over the sum of the multiples.
    private static Trial? Try(double[] steps, double candidate)
    {
        double spacing = candidate;
        int[] multiples = [];
        for (int pass = 0; pass < 2; pass++)
        {
            multiples = [.. steps.Select(step => (int)Math.Round(Math.Min(step / spacing, int.MaxValue / (double)steps.Length)))];
            if (multiples.Any(multiple => multiple < 1) || multiples.Sum(multiple => (long)multiple) > MostSlotsASlice * (steps.Length + 2L))
            {
                return null;
            }

            spacing = steps.Sum() / multiples.Sum();
        }

        double deviation = steps.Zip(multiples, (step, multiple) => Math.Abs(step - (multiple * spacing))).Max();
        return new Trial(spacing, multiples, deviation);
    }

    // A fine enough grid explains anything: a third of the steps must be single, or the numbering must jump as the positions do.
    private static bool IsSupported(int[] multiples, int?[] jumps)
    {
        int single = multiples.Count(multiple => multiple == 1);
        return 3 * single >= multiples.Length || multiples.Zip(jumps).All(pair => pair.First == pair.Second);
    }

    // Three or more wide steps of one width in a row whose numbers run on (or that have none): another spacing was chosen there.
    private static bool IsMeant(int[] multiples, int?[] jumps)
    {
        int stride = StrideOf(multiples, jumps);
        int inARow = 0;
        for (int i = 0; i < multiples.Length; i++)
        {
            bool isWide = multiples[i] > 1 && (jumps[i] is null || jumps[i] == stride);
            inARow = !isWide ? 0 : i > 0 && multiples[i - 1] == multiples[i] ? inARow + 1 : 1;
            if (inARow == 3)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Difference of the instance numbers of neighbouring slots: 1 for a plain stack, more for one part of a 4-D series.</summary>
    private static int StrideOf(int[] multiples, int?[] jumps) =>
        multiples.Zip(jumps)
            .Where(pair => pair.First == 1 && pair.Second is not null)
            .GroupBy(pair => pair.Second!.Value)
            .OrderByDescending(group => group.Count())
            .Select(group => group.Key)
            .FirstOrDefault(1);

    // All steps twice (three times …) as wide as the headers say, with numbers that jump alike: every second slice is missing.
    private static Trial Subdivided(Trial trial, int?[] jumps, IReadOnlyList<double> nominalMm)
    {
        int[] strides = [.. trial.Multiples.Zip(jumps, (multiple, jump) => jump is { } j && j % multiple == 0 ? j / multiple : 0).Distinct()];
        if (strides is not [> 1] || !nominalMm.Any(nominal => Math.Abs((nominal * strides[0]) - trial.SpacingMm) <= 0.02 * trial.SpacingMm))
        {
            return trial;
        }

        return trial with
        {
            SpacingMm = trial.SpacingMm / strides[0],
            Multiples = [.. trial.Multiples.Select(multiple => multiple * strides[0])],
        };
    }

    private static SliceGrid Uneven(double[] steps)
    {
        double tolerance = SlicePositions.ToleranceMm(steps.Max());
        double dominant = steps.MaxBy(step => steps.Count(other => Math.Abs(other - step) <= tolerance));
        return new SliceGrid(
            GridRegularity.Uneven, dominant, [.. Enumerable.Range(0, steps.Length + 1)], steps.Max(step => Math.Abs(step - dominant)));
    }

    private static ImmutableArray<int> SlotsOf(int[] multiples)
    {
        var slots = ImmutableArray.CreateBuilder<int>(multiples.Length + 1);
        slots.Add(0);
        foreach (int multiple in multiples)
        {
            slots.Add(slots[^1] + multiple);
        }

        return slots.MoveToImmutable();
    }
}
