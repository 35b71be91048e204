using System.Globalization;

namespace Inpaint.Medical.Core.Series;

/// <summary>Takes the time points of a 4-D series apart where no attribute numbers them.</summary>
internal static class RepeatSplit
{
    /// <summary>The time points in order; the part itself where its repeats are not those of a 4-D series.</summary>
    public static IReadOnlyList<SeriesPart> ByTime(SeriesPart part)
    {
        // A second file of one instance, or of one instance number at one place and time, is a duplicate and no time point.
        InstanceHeader[] images = [.. part.Instances.DistinctBy(Moment)];
        int[] places = SeriesSplit.PlacesOf(images);
        int[] repeats = [.. places.GroupBy(place => place).Select(group => group.Count())];
        int times = repeats.Max();
        bool isSeriesOfVolumes = repeats.Length > 1 && times > 1 && 2 * repeats.Count(count => count == times) > repeats.Length;
        if (!isSeriesOfVolumes)
        {
            return [part];
        }

        int[]? timeOf = Orders(images, places, times).FirstOrDefault(order => IsClean(order, places, times));
        if (timeOf is null)
        {
            return [part];
        }

        var timeOfMoment = images.Zip(timeOf).ToDictionary(pair => Moment(pair.First), pair => pair.Second);
        return
        [
            .. part.Instances
                .GroupBy(instance => timeOfMoment[Moment(instance)])
                .OrderBy(group => group.Key)
                .Select(group => new SeriesPart(
                    SeriesSplit.Named(part.Name, string.Create(CultureInfo.InvariantCulture, $"time {group.Key + 1} of {times}")), [.. group])),
        ];
    }

    private static (int?, int, string?, int?, string) Moment(InstanceHeader instance) => (
        instance.InstanceNumber,
        instance.Frame,
        instance.AcquisitionTime,
        instance.AcquisitionNumber,
        instance.InstanceNumber is null ? instance.SopInstanceUid : Invariant(instance));

    private static string Invariant(InstanceHeader instance) =>
        instance.Position is { } p ? string.Create(CultureInfo.InvariantCulture, $"{p.X:0.00} {p.Y:0.00} {p.Z:0.00} {instance.TriggerTimeMs}") : string.Empty;

    private static IEnumerable<int[]> Orders(InstanceHeader[] images, int[] places, int times)
    {
        yield return Ranks(images, image => image.AcquisitionNumber);
        yield return Ranks(images, image => image.AcquisitionTime);
        yield return VolumeAfterVolume(images, places);
        yield return PlaceAfterPlace(images, times);
        yield return RankAtPlace(images, places);
    }

    // Each volume shows each place at most once, and every time point covers most places.
    private static bool IsClean(int[] timeOf, int[] places, int times) =>
        timeOf.Distinct().Count() == times
        && timeOf.Zip(places).Distinct().Count() == places.Length
        && timeOf.GroupBy(time => time).All(group => 2 * group.Count() > places.Distinct().Count());

    private static int[] Ranks(InstanceHeader[] images, Func<InstanceHeader, IComparable?> key)
    {
        List<IComparable?> values = [.. images.Select(key).Distinct().Order()];
        return [.. images.Select(image => values.IndexOf(key(image)))];
    }

    // Numbers run through one volume after the other: a new one begins where a place comes again.
    private static int[] VolumeAfterVolume(InstanceHeader[] images, int[] places)
    {
        var timeOf = new int[images.Length];
        var seen = new HashSet<int>();
        int time = 0;
        foreach (int i in InNumberOrder(images))
        {
            if (!seen.Add(places[i]))
            {
                time++;
                seen = [places[i]];
            }

            timeOf[i] = time;
        }

        return timeOf;
    }

    // Numbers run through all times of one place, then of the next.
    private static int[] PlaceAfterPlace(InstanceHeader[] images, int times)
    {
        int first = images.Min(image => image.InstanceNumber ?? 0);
        return [.. images.Select(image => ((image.InstanceNumber ?? 0) - first) % times)];
    }

    private static int[] RankAtPlace(InstanceHeader[] images, int[] places)
    {
        var timeOf = new int[images.Length];
        var count = new Dictionary<int, int>();
        foreach (int i in InNumberOrder(images))
        {
            timeOf[i] = count.GetValueOrDefault(places[i]);
            count[places[i]] = timeOf[i] + 1;
        }

        return timeOf;
    }

    private static int[] InNumberOrder(InstanceHeader[] images) =>
        [.. Enumerable.Range(0, images.Length).OrderBy(i => images[i].InstanceNumber).ThenBy(i => images[i].Frame).ThenBy(i => i)];
}
