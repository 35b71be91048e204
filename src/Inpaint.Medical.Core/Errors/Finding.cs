using System.Collections.Immutable;

namespace Inpaint.Medical.Core.Errors;

/// <summary>How much a finding matters: for information, worth a look, or the reason why something was refused.</summary>
public enum FindingSeverity
{
    Info,
    Warning,
    Error,
}

/// <summary>
/// Something noticed that the run survives: what, where, what was expected, what was found, the likely cause, what to do.
/// </summary>
public sealed record Finding
{
    public required ErrorCode Code { get; init; }

    public required FindingSeverity Severity { get; init; }

    /// <summary>One plain sentence; no patient data.</summary>
    public required string Message { get; init; }

    /// <summary>SOP Instance UIDs of the instances concerned; for a gap, of those around it.</summary>
    public ImmutableArray<string> SopInstanceUids { get; init; } = [];

    /// <summary>File names of the same instances, in the same order.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>Positions along the slice normal, mm, of the slices concerned.</summary>
    public ImmutableArray<double> PositionsMm { get; init; } = [];

    public string? Expected { get; init; }

    public string? Found { get; init; }

    public string? LikelyCause { get; init; }

    public string? Hint { get; init; }
}
