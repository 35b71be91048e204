using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker.Deliver;

/// <summary>A PACS reached by C-STORE; confirmed by storage commitment, else by a C-FIND for what it holds.</summary>
internal sealed class DicomDestination(string ourAe, DicomPeer peer, DicomTls? tls, CommitmentBook commitments) : IDestination
{
    private static readonly TimeSpan LongestReport = TimeSpan.FromSeconds(30);
    private readonly InstanceSender _sender = new(ourAe, peer, tls);
    private readonly DicomArchive _query = new(ourAe, peer, tls);

    public string Name => peer.ToString();

    public Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<SentInstance> instances, CancellationToken cancellationToken) =>
        _sender.SendAsync(instances, cancellationToken);

    public async Task<Confirmation> ConfirmAsync(
        string studyUid, string seriesUid, IReadOnlyList<SentInstance> instances, CancellationToken cancellationToken)
    {
        string transaction = RandomUid.Create();
        commitments.Open(transaction);
        bool accepted = await _sender.RequestCommitmentAsync(transaction, instances, report =>
        {
            commitments.Report(report);
            return Task.CompletedTask;
        }, cancellationToken);
        StorageCommitmentReport? report = await commitments.WaitAsync(
            transaction, accepted ? LongestReport : TimeSpan.Zero, cancellationToken);
        if (report is not null)
        {
            return report.FailedSopInstanceUids.Count == 0
                && instances.All(instance => report.CommittedSopInstanceUids.Contains(instance.SopInstanceUid))
                ? Confirmation.Held : Confirmation.NotHeld;
        }

        ArchiveHoldings holdings = await _query.FindInstancesAsync(studyUid, seriesUid, cancellationToken);
        return !holdings.IsOffered ? Confirmation.NotOffered
            : holdings.SopInstanceUids is not { } held ? Confirmation.Unknown
            : instances.All(instance => held.Contains(instance.SopInstanceUid)) ? Confirmation.Held : Confirmation.NotHeld;
    }
}
