using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Core.Provenance;

/// <summary>A component that took part, with its version.</summary>
public sealed record Component(string Name, string Version);

/// <summary>An input instance by UID and digest of its bytes; no file name, which may name the patient.</summary>
public sealed record InputInstance(string SopInstanceUid, string Sha256);

/// <summary>What one stage did. Digests chain the stages: a stage's input digest is its predecessor's output digest.</summary>
public sealed record StageRecord(
    string Stage, ImmutableSortedDictionary<string, string> Parameters, string InputSha256, string OutputSha256, double DurationSeconds);

/// <summary>One slice of the output: what it is and the proof.</summary>
public sealed record OutputSlice(
    int Slice,
    string Kind,
    string SopInstanceUid,
    double PositionMm,
    string? SourceSopInstanceUid,
    string? SourcePixelSha256,
    string OutputPixelSha256,
    int SyntheticVoxels,
    MethodIdentity? Method,
    ImmutableArray<string> SourceSopInstanceUids,
    string? Location,
    string? FileSha256);

/// <summary>The volume of standard errors that was written beside the output.</summary>
/// <param name="Location">File name.</param>
/// <param name="Sha256">Of the file's bytes.</param>
public sealed record UncertaintyFile(string Location, string Sha256);

/// <summary>How a run of one series ended.</summary>
public enum RunOutcome
{
    Reconstructed,
    NothingToDo,
    Reported,
    Refused,
    Failed,
}

/// <summary>
/// All that is needed to say, years later, which voxels are synthetic, who made them and from what. No patient identity. Records are
/// only ever appended to: a new run writes a new record.
/// </summary>
public sealed record RunRecord
{
    public const string CurrentSchema = "inpaint.medical/run-record/1";

    public string Schema { get; init; } = CurrentSchema;

    public required string RunId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required RunOutcome Outcome { get; init; }

    /// <summary>Set where the outcome is Refused or Failed.</summary>
    public ErrorCode Error { get; init; }

    public string? ErrorMessage { get; init; }

    public required ImmutableArray<Component> Software { get; init; }

    public string? ProtocolName { get; init; }

    public string? ProtocolVersion { get; init; }

    public string? ProtocolSha256 { get; init; }

    public required string SourceSeriesInstanceUid { get; init; }

    public string? DerivedSeriesInstanceUid { get; init; }

    public required ImmutableArray<InputInstance> Inputs { get; init; }

    public required ImmutableArray<Finding> Findings { get; init; }

    public required ImmutableArray<StageRecord> Stages { get; init; }

    public required ImmutableArray<MethodChoice> Choices { get; init; }

    public required ImmutableArray<OutputSlice> Output { get; init; }

    /// <summary>Learned methods that were fitted to the series first.</summary>
    public ImmutableArray<Adaptation> Adaptations { get; init; } = [];

    /// <summary>Null where none was asked for or given.</summary>
    public UncertaintyFile? Uncertainty { get; init; }
}
