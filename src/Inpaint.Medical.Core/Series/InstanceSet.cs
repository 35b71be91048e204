using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Core.Series;

/// <summary>All images read from a source, and what could not be read.</summary>
public sealed record InstanceSet(ImmutableArray<InstanceHeader> Instances, ImmutableArray<Finding> Findings);

/// <summary>An image that takes part in no volume, with the reason.</summary>
public sealed record SetAside(InstanceHeader Instance, Finding Reason);

/// <summary>Series to be reconstructed, images set aside, and findings about the grouping.</summary>
public sealed record SeriesSet(ImmutableArray<ImageSeries> Series, ImmutableArray<SetAside> SetAside, ImmutableArray<Finding> Findings);
