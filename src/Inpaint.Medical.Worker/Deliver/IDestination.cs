using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker.Deliver;

/// <summary>What a destination says about instances that it answered success for.</summary>
internal enum Confirmation
{
    /// <summary>It holds all of them.</summary>
    Held,

    /// <summary>It holds fewer, or failed some.</summary>
    NotHeld,

    /// <summary>It gave no answer.</summary>
    Unknown,

    /// <summary>It offers neither storage commitment nor a query: its own success is all there is.</summary>
    NotOffered,
}

/// <summary>A place that derived series are sent to.</summary>
internal interface IDestination
{
    /// <summary>As in the settings; key of the ledger's rows.</summary>
    string Name { get; }

    /// <summary>Sends; the outcome of each instance is the peer's own answer.</summary>
    Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<SentInstance> instances, CancellationToken cancellationToken);

    /// <summary>Storage commitment, or the destination's own count.</summary>
    Task<Confirmation> ConfirmAsync(
        string studyUid, string seriesUid, IReadOnlyList<SentInstance> instances, CancellationToken cancellationToken);
}
