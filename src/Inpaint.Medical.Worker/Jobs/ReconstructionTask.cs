using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>What a child process is asked: reconstruct, or only look at, one series.</summary>
/// <param name="Files">Of the series, full paths.</param>
/// <param name="OutputFolder">Created by the child when it reconstructs; absent otherwise.</param>
/// <param name="Reconstruct">False: inspect and report.</param>
/// <param name="Generation">Part of the output's UIDs.</param>
/// <param name="ArchiveAnswer">For the record.</param>
internal sealed record ReconstructionTask(
    IReadOnlyList<string> Files,
    string OutputFolder,
    bool Reconstruct,
    int Generation,
    DateTime PlannedUtc,
    IReadOnlyList<string> Protocols,
    string? ProtocolFolder,
    string? Method,
    string SiteSecret,
    string? ArchiveAnswer);

/// <summary>One written instance.</summary>
internal sealed record TaskOutput(string SopClassUid, string SopInstanceUid, string SeriesInstanceUid, string Path, string Sha256);

/// <summary>What the child answers.</summary>
/// <param name="Outcome">Of the series as a whole: the gravest of its parts'.</param>
/// <param name="MaskedSlices">Missing and spoiled slices found.</param>
internal sealed record TaskResult(
    Core.Provenance.RunOutcome Outcome, ErrorCode Code, string? Message, string? RunId, int MaskedSlices, IReadOnlyList<TaskOutput> Outputs);
