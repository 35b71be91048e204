using Inpaint.Medical.Storage.Objects;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>What is known of an instance when it arrives, before it has its place in the store.</summary>
public sealed record ArrivedInstance
{
    public required string SopInstanceUid { get; init; }

    public required string SopClassUid { get; init; }

    public required string StudyInstanceUid { get; init; }

    public required string SeriesInstanceUid { get; init; }

    public required DateTime ReceivedUtc { get; init; }

    /// <summary>How it came in: association, watch folder, STOW-RS, fetched from the archive.</summary>
    public required string Channel { get; init; }

    /// <summary>AE title or endpoint that received it; decides which protocols apply.</summary>
    public required string Receiver { get; init; }

    /// <summary>Images in Acquisition, where the object states it.</summary>
    public int? ExpectedCount { get; init; }
}

/// <summary>An instance that was acknowledged: it is on disk, durable, under its content's name.</summary>
public sealed class LedgerInstance
{
    public required string SopInstanceUid { get; init; }

    public required string SopClassUid { get; init; }

    public required string StudyInstanceUid { get; init; }

    public required string SeriesInstanceUid { get; init; }

    /// <summary>SHA-256 of the data set as received, lower-case hex.</summary>
    public required string ContentSha256 { get; init; }

    /// <summary>Below the store's root.</summary>
    public required string RelativePath { get; init; }

    public required long Length { get; init; }

    public required DateTime ReceivedUtc { get; init; }

    /// <summary>How it came in: association, watch folder, STOW-RS, fetched from the archive.</summary>
    public required string Channel { get; init; }

    /// <summary>AE title or endpoint that received it; decides which protocols apply.</summary>
    public required string Receiver { get; init; }

    /// <summary>Images in Acquisition, where the object states it.</summary>
    public int? ExpectedCount { get; init; }

    /// <summary>The row of an instance that has its place in the store.</summary>
    /// <param name="contentSha256">SHA-256 of the data set, lower-case hex.</param>
    /// <param name="length">Of the whole file, bytes.</param>
    public static LedgerInstance Of(ArrivedInstance arrived, string contentSha256, long length)
    {
        ArgumentNullException.ThrowIfNull(arrived);
        return new LedgerInstance
        {
            SopInstanceUid = arrived.SopInstanceUid,
            SopClassUid = arrived.SopClassUid,
            StudyInstanceUid = arrived.StudyInstanceUid,
            SeriesInstanceUid = arrived.SeriesInstanceUid,
            ContentSha256 = contentSha256,
            RelativePath = ObjectStore.RelativePath(contentSha256),
            Length = length,
            ReceivedUtc = arrived.ReceivedUtc,
            Channel = arrived.Channel,
            Receiver = arrived.Receiver,
            ExpectedCount = arrived.ExpectedCount,
        };
    }
}

/// <summary>One generation of one series on its way through the worker.</summary>
public sealed class LedgerJob
{
    public long Id { get; init; }

    public required string StudyInstanceUid { get; init; }

    public required string SeriesInstanceUid { get; init; }

    /// <summary>1 for the first; one more whenever instances arrive after planning.</summary>
    public required int Generation { get; init; }

    public required JobState State { get; set; }

    /// <summary>Where to go back to from Waiting, Suspended or Dead.</summary>
    public JobState? ResumeState { get; set; }

    public required string Receiver { get; init; }

    /// <summary>Higher runs first.</summary>
    public int Priority { get; set; }

    public int InstanceCount { get; set; }

    /// <summary>Number of instances that the objects themselves announce; null where they do not.</summary>
    public int? ExpectedCount { get; set; }

    public required DateTime CreatedUtc { get; init; }

    public required DateTime LastArrivalUtc { get; set; }

    public required DateTime UpdatedUtc { get; set; }

    /// <summary>Earliest time of the next step; null is now.</summary>
    public DateTime? NotBeforeUtc { get; set; }

    /// <summary>Failed so far in this part of the path; a worker that died while the job ran counts too.</summary>
    public int Attempts { get; set; }

    /// <summary>Times the reconstruction's own process died or ran out of time over this series.</summary>
    public int Crashes { get; set; }

    public string? LeaseOwner { get; set; }

    public DateTime? LeaseUntilUtc { get; set; }

    /// <summary>Grows with every lease; a write with an older token is refused.</summary>
    public long FencingToken { get; set; }

    /// <summary>Stable code and one line for the operator; no patient data.</summary>
    public int ReasonCode { get; set; }

    public string? Reason { get; set; }

    public string? Hint { get; set; }

    /// <summary>What the archive said about completeness, or that asking was waived.</summary>
    public string? ArchiveAnswer { get; set; }

    public DateTime? PlannedUtc { get; set; }

    public string? RunId { get; set; }

    public string? DerivedSeriesInstanceUid { get; set; }

    /// <summary>Folder of output and record, below the store's root.</summary>
    public string? OutputFolder { get; set; }
}

/// <summary>How far one instance got at one destination.</summary>
public enum DeliveryState
{
    Pending,
    Stored,
    Committed,
    Failed,
}

/// <summary>One output instance at one destination.</summary>
public sealed class LedgerDelivery
{
    public required long JobId { get; init; }

    public required string Destination { get; init; }

    public required string SopInstanceUid { get; init; }

    public required string SopClassUid { get; init; }

    public required string RelativePath { get; init; }

    public required string Sha256 { get; init; }

    public required DeliveryState State { get; set; }

    /// <summary>The peer's last status, DIMSE or HTTP.</summary>
    public int? Status { get; set; }

    public required DateTime UpdatedUtc { get; set; }
}

/// <summary>What happened, in order; written in the same transaction as the change it tells of.</summary>
public sealed class LedgerEvent
{
    public long Sequence { get; init; }

    public required DateTime Utc { get; init; }

    public long? JobId { get; init; }

    public required string Kind { get; init; }

    /// <summary>Codes, counts and digests; no patient data.</summary>
    public required string Detail { get; init; }
}
