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

/// <summary>Takes an instance that came over an association of our own.</summary>
/// <param name="sopInstanceUid">As the peer announced it.</param>
/// <returns>Whether it is held now.</returns>
public delegate Task<bool> InstanceTaker(DicomFile file, string sopInstanceUid, CancellationToken cancellationToken);

/// <summary>
/// Query and retrieve over DIMSE, Study Root (PS3.4 C.6.2): C-FIND at IMAGE level, C-MOVE to ourselves, and C-GET for what the archive
/// could not move, which needs no knowledge of us there.
/// </summary>
/// <param name="take">Where instances that come by C-GET go; null where nothing is ever fetched.</param>
public sealed class DicomArchive(string ourAe, DicomPeer peer, DicomTls? tls, InstanceTaker? take = null) : IArchive
{
    /// <summary>What series for reconstruction are made of; an association holds at most 128 proposals.</summary>
    private static readonly DicomUID[] FetchedClasses =
    [
        DicomUID.CTImageStorage, DicomUID.EnhancedCTImageStorage, DicomUID.MRImageStorage, DicomUID.EnhancedMRImageStorage,
        DicomUID.PositronEmissionTomographyImageStorage, DicomUID.SecondaryCaptureImageStorage,
    ];

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
        string[] left = [.. sopInstanceUids.Except(await MoveAsync(studyUid, seriesUid, sopInstanceUids, cancellationToken))];
        return left.Length == 0 || (take is not null && await GetAsync(studyUid, seriesUid, left, take, cancellationToken));
    }

    /// <returns>What the archive says it has sent.</returns>
    private async Task<IReadOnlyCollection<string>> MoveAsync(
        string studyUid, string seriesUid, IReadOnlyList<string> sopInstanceUids, CancellationToken cancellationToken)
    {
        var moved = new ConcurrentBag<string>();
        IDicomClient client = PeerClient.Create(ourAe, peer, tls, LongestAnswer);
        foreach (string sopInstanceUid in sopInstanceUids)
        {
            await client.AddRequestAsync(new DicomCMoveRequest(ourAe, studyUid, seriesUid, sopInstanceUid)
            {
                OnResponseReceived = (_, response) =>
                {
                    if (response.Status.State == DicomState.Success)
                    {
                        moved.Add(sopInstanceUid);
                    }
                },
            });
        }

        await PeerClient.TrySendAsync(client, cancellationToken);
        return moved;
    }

    private async Task<bool> GetAsync(
        string studyUid, string seriesUid, string[] sopInstanceUids, InstanceTaker taker, CancellationToken cancellationToken)
    {
        HashSet<string> wanted = [.. sopInstanceUids];
        int taken = 0;
        IDicomClient client = PeerClient.Create(ourAe, peer, tls, LongestAnswer);
        client.AdditionalPresentationContexts.AddRange(FetchedClasses.Select(uid => DicomPresentationContext.GetScpRolePresentationContext(
            uid, DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian)));
        client.OnCStoreRequest = async store =>
        {
            // An archive may send anything on this association; only what was asked for is taken.
            bool held = wanted.Contains(store.SOPInstanceUID.UID) && store.HasDataset
                && await taker(store.File, store.SOPInstanceUID.UID, cancellationToken);
            taken += held ? 1 : 0;
            return new DicomCStoreResponse(store, held ? DicomStatus.Success : DicomStatus.ProcessingFailure);
        };
        foreach (string sopInstanceUid in sopInstanceUids)
        {
            await client.AddRequestAsync(new DicomCGetRequest(studyUid, seriesUid, sopInstanceUid));
        }

        return await PeerClient.TrySendAsync(client, cancellationToken) && taken == sopInstanceUids.Length;
    }
}
