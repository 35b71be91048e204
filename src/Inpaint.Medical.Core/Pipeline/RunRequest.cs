using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>How far a run goes. Inspect: stages 1 to 4. DryRun: 1 to 7, nothing is delivered. Reconstruct: all nine.</summary>
public enum RunExtent
{
    Inspect,
    DryRun,
    Reconstruct,
}

/// <summary>What the operator asks of one run over one source.</summary>
/// <param name="ProtocolName">Null: the protocol that matches the series.</param>
public sealed record RunRequest(RunExtent Extent, string? ProtocolName, RunOptions Options);

/// <summary>Where a run is.</summary>
/// <param name="Series">Zero-based, of <paramref name="SeriesCount"/>.</param>
/// <param name="Stage">Name of the stage that begins.</param>
public sealed record RunProgress(int Series, int SeriesCount, string Stage);

/// <summary>How the run of one series ended. What was not reached is null.</summary>
/// <param name="Findings">As in the record, but with file names, for the operator.</param>
/// <param name="ErrorMessage">As in the record, but with file names.</param>
/// <param name="Slots">Slices that exist, by slot of the grid; null for a hole.</param>
public sealed record SeriesResult(
    ImageSeries Series,
    RunRecord Record,
    ImmutableArray<Finding> Findings,
    string? ErrorMessage,
    VolumeGeometry? Geometry,
    PixelFormat? Format,
    ImmutableArray<InstanceHeader?> Slots,
    SliceMask? Mask,
    Delivery? Delivery);

/// <summary>How a run over one source ended.</summary>
/// <param name="Findings">About the source and the grouping, beyond any one series.</param>
public sealed record PipelineResult(
    ImmutableArray<SeriesResult> Series, ImmutableArray<SetAside> SetAside, ImmutableArray<Finding> Findings, bool IsCancelled);
