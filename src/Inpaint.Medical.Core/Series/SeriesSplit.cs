using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Series;

/// <summary>A part of a series and what tells it apart from the others, in words.</summary>
public sealed record SeriesPart(string Name, ImmutableArray<InstanceHeader> Instances);

/// <summary>
/// Splits one series into volumes. What no volume can mix (frame of reference, matrix, pixel spacing, sample type, orientation) always
/// splits. What may also vary within a volume (echo, time, b-value, component, image type …) splits only where places repeat.
/// </summary>
public static class SeriesSplit
{
    // 0.1 degrees: more than the rounding of direction cosines, less than the step of radial slices.
    private const double DirectionTolerance = 2e-3;

    /// <summary>Parts in a fixed order; one part with an empty name where nothing splits.</summary>
    public static ImmutableArray<SeriesPart> Parts(ImmutableArray<InstanceHeader> instances)
    {
        ImmutableArray<SeriesPart> parts = [new(string.Empty, instances)];
        foreach ((string name, Func<InstanceHeader, IComparable?> key) in AlwaysSplit)
        {
            parts = Refine(parts, part => ByKey(part, name, key));
        }

        parts = Refine(parts, ByOrientation);
        foreach ((string name, Func<InstanceHeader, IComparable?> key) in SplitsRepeats)
        {
            parts = Refine(parts, part => Repeats(part.Instances) ? KeptIfUseful(part, ByKey(part, name, key)) : [part]);
        }

        return Refine(parts, part => RepeatSplit.ByTime(part));
    }

    /// <summary>Whether two different images lie at one place.</summary>
    internal static bool Repeats(ImmutableArray<InstanceHeader> instances)
    {
        InstanceHeader[] distinct = [.. instances.DistinctBy(instance => (instance.SopInstanceUid, instance.Frame))];
        return PlacesOf(distinct).Distinct().Count() < distinct.Length;
    }

    /// <summary>Place of each image along the normal, numbered from 0.</summary>
    internal static int[] PlacesOf(IReadOnlyList<InstanceHeader> instances)
    {
        Vector3 normal = instances[0].RowDirection!.Value.Cross(instances[0].ColumnDirection!.Value);
        return SlicePositions.Places([.. instances.Select(instance => instance.Position!.Value.Dot(normal))]);
    }

    private static readonly (string Name, Func<InstanceHeader, IComparable?> Key)[] AlwaysSplit =
    [
        ("frame of reference", instance => instance.FrameOfReferenceUid),
        ("matrix", instance => Invariant($"{instance.Rows} x {instance.Columns}")),
        ("pixel spacing", instance => Invariant($"{instance.RowSpacingMm:G4} x {instance.ColumnSpacingMm:G4} mm")),
        ("sample type", instance => Invariant($"{instance.Format.Sample} shifted by {instance.Format.HighBit + 1 - instance.Format.BitsStored}")),
    ];

    private static readonly (string Name, Func<InstanceHeader, IComparable?> Key)[] SplitsRepeats =
    [
        ("image type", instance => string.Join('\\', instance.ImageType)),
        ("component", instance => instance.ComplexComponent),
        ("echo", instance => instance.EchoTimeMs is { } time ? Math.Round(time, 2) : instance.EchoNumber),
        ("b-value", instance => instance.BValue is { } value ? Math.Round(value) : null),
        ("direction", instance => instance.DiffusionDirection is { } d ? Invariant($"{d.X:0.000} {d.Y:0.000} {d.Z:0.000}") : null),
        ("time", instance => instance.TemporalPosition),
        ("trigger time", instance => instance.TriggerTimeMs),
    ];

    private static ImmutableArray<SeriesPart> Refine(ImmutableArray<SeriesPart> parts, Func<SeriesPart, IReadOnlyList<SeriesPart>> split) =>
        [.. parts.SelectMany(split)];

    private static SeriesPart[] ByKey(SeriesPart part, string name, Func<InstanceHeader, IComparable?> key)
    {
        IGrouping<IComparable?, InstanceHeader>[] groups = [.. part.Instances.GroupBy(key).OrderBy(group => group.Key)];
        return groups.Length == 1
            ? [part]
            : [.. groups.Select(group => new SeriesPart(Named(part.Name, $"{name} {Shown(group.Key, groups)}"), [.. group]))];
    }

    // Of a value with several components those that differ say it all.
    private static string Shown(IComparable? key, IGrouping<IComparable?, InstanceHeader>[] groups)
    {
        if (key is not string text)
        {
            return key is null ? "not given" : Invariant($"{key}");
        }

        string[][] all = [.. groups.Select(group => ((string?)group.Key ?? string.Empty).Split('\\'))];
        string[] own = [.. text.Split('\\').Where((component, i) => all.Any(other => i >= other.Length || other[i] != component))];
        return own.Length == 0 ? text : string.Join('\\', own);
    }

    // A key that differs from slice to slice would shatter the volume instead of taking repeats apart.
    private static SeriesPart[] KeptIfUseful(SeriesPart whole, SeriesPart[] parts)
    {
        int places = PlacesOf(whole.Instances).Distinct().Count();
        bool isUseful = parts.All(part => 2 * PlacesOf(part.Instances).Distinct().Count() >= places);
        return isUseful ? parts : [whole];
    }

    private static IReadOnlyList<SeriesPart> ByOrientation(SeriesPart part)
    {
        var clusters = new List<List<InstanceHeader>>();
        foreach (InstanceHeader instance in part.Instances)
        {
            List<InstanceHeader>? cluster = clusters.Find(members => IsParallel(members[0], instance));
            if (cluster is null)
            {
                clusters.Add([instance]);
            }
            else
            {
                cluster.Add(instance);
            }
        }

        return clusters.Count == 1
            ? [part]
            : [.. clusters.Select((members, i) => new SeriesPart(Named(part.Name, Invariant($"orientation {i + 1} of {clusters.Count}")), [.. members]))];
    }

    private static bool IsParallel(InstanceHeader a, InstanceHeader b) =>
        (a.RowDirection!.Value - b.RowDirection!.Value).Length <= DirectionTolerance
        && (a.ColumnDirection!.Value - b.ColumnDirection!.Value).Length <= DirectionTolerance;

    internal static string Named(string before, string name) => before.Length == 0 ? name : before + ", " + name;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
