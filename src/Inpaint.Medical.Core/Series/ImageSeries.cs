using System.Collections.Immutable;

namespace Inpaint.Medical.Core.Series;

/// <summary>
/// Images that belong to one volume: one Series Instance UID, one orientation, matrix, pixel spacing, echo, time, b-value,
/// component and image type. In no particular order.
/// </summary>
public sealed record ImageSeries
{
    public required string SeriesInstanceUid { get; init; }

    /// <summary>Tells the parts of one series apart in words ("echo 2", "orientation 1 of 3"); empty when it was not split.</summary>
    public required string Part { get; init; }

    public required ImmutableArray<InstanceHeader> Instances { get; init; }
}
