using System.Collections.Concurrent;
using FellowOakDicom;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>What an archive says it holds of a series.</summary>
/// <param name="SopInstanceUids">Null when it did not answer, which is not the same as none.</param>
/// <param name="IsOffered">False: it answered that it does not offer the query.</param>
public sealed record ArchiveHoldings(IReadOnlyList<string>? SopInstanceUids, bool IsOffered = true);

/// <summary>Asks an archive what it holds of a series, and fetches what is missing here.</summary>
public interface IArchive
{
    Task<ArchiveHoldings> FindInstancesAsync(string studyUid, string seriesUid, CancellationToken cancellationToken);

    /// <summary>Brings instances to our own intake.</summary>
    /// <returns>Whether the archive says that all were sent.</returns>
    Task<bool> FetchAsync(string studyUid, string seriesUid, IReadOnlyList<string> sopInstanceUids, CancellationToken cancellationToken);
}

/// <summary>Query and retrieve over DIMSE, Study Root (PS3.4 C.6.2): C-FIND at IMAGE level, C-MOVE to ourselves.</summary>
public sealed class DicomArchive(string ourAe, DicomPeer peer, DicomTls? tls) : IArchive
{
    private const int MostMatches = 20_000;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(120);

    public async Task<ArchiveHoldings> FindInstancesAsync(string studyUid, string seriesUid, CancellationToken cancellationToken)
    {
        var found = new ConcurrentQueue<string>();
        bool complete = false;
        bool offered = true;
        DicomCFindRequest request = DicomCFindRequest.CreateImageQuery(studyUid, seriesUid);
        request.OnResponseReceived = (_, response) =>
        {
            if (response.Status.State == DicomState.Pending && response.HasDataset && found.Count < MostMatches
                && response.Dataset.GetSingleValueOrDefault(DicomTag.SeriesInstanceUID, seriesUid) == seriesUid
                && response.Dataset.TryGetSingleValue(DicomTag.SOPInstanceUID, out string uid))
            {
                found.Enqueue(uid);
            }
            else if (response.Status.State == DicomState.Success)
            {
                complete = true;
            }
            else if (response.Status == DicomStatus.SOPClassNotSupported)
            {
                offered = false;
            }
        };
        IDicomClient client = PeerClient.Create(ourAe, peer, tls, LongestAnswer);
        await client.AddRequestAsync(request);
        bool reached = await PeerClient.TrySendAsync(client, cancellationToken);
        return new ArchiveHoldings(reached && complete && found.Count < MostMatches ? [.. found.Distinct()] : null, offered);
    }

    public async Task<bool> FetchAsync(
        string studyUid, string seriesUid, IReadOnlyList<string> sopInstanceUids, CancellationToken cancellationToken)
    {
        int moved = 0;
        IDicomClient client = PeerClient.Create(ourAe, peer, tls, LongestAnswer);
        foreach (string sopInstanceUid in sopInstanceUids)
        {
            await client.AddRequestAsync(new DicomCMoveRequest(ourAe, studyUid, seriesUid, sopInstanceUid)
            {
                OnResponseReceived = (_, response) =>
                {
                    if (response.Status.State == DicomState.Success)
                    {
                        Interlocked.Increment(ref moved);
                    }
                },
            });
        }

        return await PeerClient.TrySendAsync(client, cancellationToken) && moved == sopInstanceUids.Count;
    }
}
