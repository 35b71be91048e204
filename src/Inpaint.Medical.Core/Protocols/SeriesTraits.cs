using System.Collections.Immutable;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Protocols;

/// <summary>What a protocol's conditions look at, taken from the headers alone.</summary>
/// <param name="BodyParts">Body Part Examined, every value that occurs.</param>
/// <param name="Descriptions">Series Description and Protocol Name, every value that occurs.</param>
/// <param name="SliceSpacingMm">Middle one of the steps between neighbouring positions along the normal; null where there are no two positions.</param>
/// <param name="SliceCount">Distinct positions; images where positions are unknown.</param>
public sealed record SeriesTraits(
    string Modality, ImmutableArray<string> BodyParts, ImmutableArray<string> Descriptions, double? SliceSpacingMm, int SliceCount)
{
    // Positions nearer than this are one slice: rounding of the decimal strings.
    private const double SamePositionMm = 0.01;

    public static SeriesTraits Of(ImageSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        InstanceHeader first = series.Instances[0];
        ImmutableArray<double> positions = Positions(series.Instances);
        return new SeriesTraits(
            first.Modality,
            Distinct(series.Instances.Select(instance => instance.BodyPartExamined)),
            Distinct(series.Instances.SelectMany(instance => new[] { instance.SeriesDescription, instance.ProtocolName })),
            MiddleStep(positions),
            positions.IsEmpty ? series.Instances.Length : positions.Length);
    }

    private static ImmutableArray<double> Positions(ImmutableArray<InstanceHeader> instances)
    {
        InstanceHeader first = instances[0];
        if (first.RowDirection is not { } row || first.ColumnDirection is not { } column)
        {
            return [];
        }

        Vector3 normal = row.Cross(column);
        var distinct = ImmutableArray.CreateBuilder<double>();
        foreach (double position in instances.Where(instance => instance.Position is not null)
            .Select(instance => instance.Position!.Value.Dot(normal)).Where(double.IsFinite).Order())
        {
            if (distinct.Count == 0 || position - distinct[^1] > SamePositionMm)
            {
                distinct.Add(position);
            }
        }

        return distinct.ToImmutable();
    }

    private static double? MiddleStep(ImmutableArray<double> positions)
    {
        if (positions.Length < 2)
        {
            return null;
        }

        double[] steps = [.. positions.Skip(1).Zip(positions, (next, previous) => next - previous).Order()];
        return steps[steps.Length / 2];
    }

    private static ImmutableArray<string> Distinct(IEnumerable<string?> values) =>
        [.. values.OfType<string>().Where(value => value.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
}
