using System.Collections.Concurrent;
using FellowOakDicom;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>An instance to send: a Part 10 file.</summary>
public sealed record SentInstance(string SopClassUid, string SopInstanceUid, string Path);

/// <summary>The peer's word on one instance.</summary>
/// <param name="Status">DIMSE status; null when no answer came.</param>
/// <param name="IsStored">Success, or a warning that the instance is stored (B000, B006, B007; PS3.4 B.2.3), or a duplicate (0111).</param>
/// <param name="IsPermanent">Sending the same again is useless.</param>
public sealed record SendOutcome(string SopInstanceUid, ushort? Status, bool IsStored, bool IsPermanent);

/// <summary>Sends by C-STORE, asks for storage commitment, and verifies by C-ECHO.</summary>
public sealed class InstanceSender(string callingAe, DicomPeer peer, DicomTls? tls)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60);

    /// <summary>One association for all. What got no answer has a null status; nothing is thrown for a peer that is down.</summary>
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<SentInstance> instances, CancellationToken cancellationToken)
    {
        var answers = new ConcurrentDictionary<string, ushort>();
        IDicomClient client = Client();
        foreach (SentInstance instance in instances)
        {
            var request = new DicomCStoreRequest(instance.Path)
            {
                OnResponseReceived = (_, response) => answers[instance.SopInstanceUid] = response.Status.Code,
            };
            await client.AddRequestAsync(request);
        }

        await TrySendAsync(client, cancellationToken);
        return [.. instances.Select(instance => answers.TryGetValue(instance.SopInstanceUid, out ushort status)
            ? Outcome(instance.SopInstanceUid, status)
            : new SendOutcome(instance.SopInstanceUid, null, false, false))];
    }

    /// <summary>N-ACTION; the result comes later, on this or another association, to our listener.</summary>
    /// <returns>False: the peer does not offer the service or did not accept the request.</returns>
    public async Task<bool> RequestCommitmentAsync(
        string transactionUid, IReadOnlyList<SentInstance> instances, Func<StorageCommitmentReport, Task> onReport, CancellationToken cancellationToken)
    {
        bool accepted = false;
        IDicomClient client = Client();
        client.ClientOptions.AssociationLingerTimeoutInMs = 2000;
        client.OnNEventReportRequest = async report =>
        {
            await onReport(StorageCommitment.Read(report.Dataset));
            return new DicomNEventReportResponse(report, DicomStatus.Success);
        };
        await client.AddRequestAsync(new DicomNActionRequest(
            DicomUID.StorageCommitmentPushModel, DicomUID.StorageCommitmentPushModelInstance, 1)
        {
            Dataset = StorageCommitment.Request(transactionUid, instances),
            OnResponseReceived = (_, response) => accepted = response.Status.State == DicomState.Success,
        });
        await TrySendAsync(client, cancellationToken);
        return accepted;
    }

    /// <summary>Whether the peer answers a C-ECHO.</summary>
    public async Task<bool> EchoAsync(CancellationToken cancellationToken)
    {
        bool answered = false;
        IDicomClient client = Client();
        await client.AddRequestAsync(new DicomCEchoRequest
        {
            OnResponseReceived = (_, response) => answered = response.Status == DicomStatus.Success,
        });
        await TrySendAsync(client, cancellationToken);
        return answered;
    }

    private IDicomClient Client() => PeerClient.Create(callingAe, peer, tls, LongestAnswer);

    private static Task<bool> TrySendAsync(IDicomClient client, CancellationToken cancellationToken) =>
        PeerClient.TrySendAsync(client, cancellationToken);

    private static SendOutcome Outcome(string uid, ushort status)
    {
        bool stored = status is 0x0000 or 0xB000 or 0xB006 or 0xB007 or 0x0111;
        bool permanent = !stored && (status >> 8 == 0xA9 || status >> 12 == 0xC || status == 0x0122);
        return new SendOutcome(uid, status, stored, permanent);
    }
}
