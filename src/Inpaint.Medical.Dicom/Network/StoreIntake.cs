using System.Net;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>Who is at the other end of an association.</summary>
public sealed record AssociationPeer(string CallingAe, string CalledAe, IPAddress Address);

/// <summary>Whether an association may begin.</summary>
public enum Admission
{
    Accepted,

    /// <summary>Permanent: this called AE title is not ours.</summary>
    CalledAeUnknown,

    /// <summary>Permanent: this peer may not send.</summary>
    CallingAeUnknown,

    /// <summary>Transient: no room on disk, or too many associations.</summary>
    Congested,
}

/// <summary>What a received object is answered with (PS3.4 B.2.3).</summary>
public enum StoreAnswer
{
    /// <summary>0000: the object is durable and in the ledger, or was already.</summary>
    Success,

    /// <summary>A700: try again later.</summary>
    OutOfResources,

    /// <summary>A900: identifiers missing, invalid or other than announced.</summary>
    DoesNotMatch,

    /// <summary>C000: other pixels are held under this UID.</summary>
    Conflict,

    /// <summary>0110: the object could not be parsed.</summary>
    Unreadable,
}

/// <summary>One object on its way in: where its bytes go.</summary>
public interface IIncomingObject : IDisposable
{
    /// <summary>Takes the Part 10 header first, then the data set as it arrives.</summary>
    Stream Stream { get; }

    /// <summary>The header is complete; from here on bytes belong to the data set.</summary>
    void BeginDataset();
}

/// <summary>Decides who may send and takes what is sent. Called by many associations at once.</summary>
public interface IStoreIntake
{
    Admission Admit(AssociationPeer peer);

    /// <summary>The connection of an association that was admitted is closed.</summary>
    void Ended(AssociationPeer peer);

    /// <summary>A place for one object. Never throws for want of space: the answer says so at the end.</summary>
    IIncomingObject Begin(AssociationPeer peer);

    /// <summary>All bytes have arrived. Answers success only when the object is durable and in the ledger.</summary>
    Task<StoreAnswer> CompleteAsync(
        AssociationPeer peer, IIncomingObject incoming, string announcedSopInstanceUid, CancellationToken cancellationToken);

    /// <summary>A peer reports the outcome of a storage commitment request.</summary>
    Task CommittedAsync(StorageCommitmentReport report, CancellationToken cancellationToken);
}

/// <summary>N-EVENT-REPORT of the Storage Commitment Push Model (PS3.4 J.3.3).</summary>
public sealed record StorageCommitmentReport(
    string TransactionUid, IReadOnlyList<string> CommittedSopInstanceUids, IReadOnlyList<string> FailedSopInstanceUids);
