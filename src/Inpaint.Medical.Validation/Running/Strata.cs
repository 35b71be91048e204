using System.Collections.Immutable;

namespace Inpaint.Medical.Validation.Running;

/// <summary>The parts of the cases for which means and gains are formed, in the order of the summary.</summary>
internal static class Strata
{
    private const double ThinMm = 1.5;
    private const double MediumMm = 3;

    public static IEnumerable<(Stratum Stratum, Func<SliceScore, bool> Belongs)> Of(
        IEnumerable<string> drops, ImmutableArray<VolumeSummary> volumes, ImmutableArray<SliceScore> slices)
    {
        yield return (new Stratum(StratumKind.All, "all"), _ => true);
        foreach (int gap in slices.Select(row => row.Gap).Distinct().OrderBy(gap => gap == 0 ? int.MaxValue : gap))
        {
            yield return (new Stratum(StratumKind.Gap, GapName(gap)), row => row.Gap == gap);
        }

        foreach (string drop in drops)
        {
            yield return (new Stratum(StratumKind.Drop, drop), row => row.Drop == drop);
        }

        foreach (string position in new[] { "first", "middle", "last" })
        {
            yield return (new Stratum(StratumKind.Position, position), row => row.Position == position);
        }

        foreach (string modality in volumes.Select(volume => volume.Modality).Distinct().Order(StringComparer.Ordinal))
        {
            HashSet<string> names = [.. volumes.Where(volume => volume.Modality == modality).Select(volume => volume.Name)];
            yield return (new Stratum(StratumKind.Modality, modality), row => names.Contains(row.Volume));
        }

        foreach (string spacing in new[] { "thin", "medium", "thick" })
        {
            HashSet<string> names = [.. volumes.Where(volume => SpacingName(volume.SpacingMm[0]) == spacing).Select(volume => volume.Name)];
            if (names.Count > 0)
            {
                yield return (new Stratum(StratumKind.Spacing, spacing), row => names.Contains(row.Volume));
            }
        }
    }

    public static string GapName(int gap) => gap == 0 ? "region" : FormattableString.Invariant($"gap{gap}");

    private static string SpacingName(double spacingMm) => spacingMm < ThinMm ? "thin" : spacingMm < MediumMm ? "medium" : "thick";
}
