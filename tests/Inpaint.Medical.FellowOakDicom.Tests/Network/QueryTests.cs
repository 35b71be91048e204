using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;
using FellowOakDicom.Network.UpperLayer;

namespace FellowOakDicom.Tests.Network;

/// <summary>C-FIND, C-MOVE, C-GET and the N services on loopback.</summary>
[Collection(NetworkCollection.Name)]
public sealed class QueryTests
{
    [Fact]
    public async Task FindGivesMatchesThenTheFinalStatus()
    {
        DicomQueryRetrieveLevel? level = null;
        var state = new TestScpState
        {
            OnFind = request =>
            {
                level = request.Level;
                return Matches(request);
            },
        };
        using var loopback = new Loopback(state);
        var statuses = new List<DicomStatus>();
        var uids = new List<string>();
        var find = new DicomCFindRequest(DicomQueryRetrieveLevel.Image);
        find.Dataset.AddOrUpdate(DicomTag.SeriesInstanceUID, "1.2.3");
        find.Dataset.AddOrUpdate(DicomTag.SOPInstanceUID, string.Empty);
        find.OnResponseReceived += (_, response) =>
        {
            statuses.Add(response.Status);
            if (response.HasDataset)
            {
                uids.Add(response.Dataset.GetString(DicomTag.SOPInstanceUID));
            }
        };

        await loopback.SendAsync(find);

        Assert.Equal(DicomQueryRetrieveLevel.Image, level);
        Assert.Equal(["1.2.3.0", "1.2.3.1", "1.2.3.2"], uids);
        Assert.Equal([DicomStatus.Pending, DicomStatus.Pending, DicomStatus.Pending, DicomStatus.Success], statuses);
    }

    [Fact]
    public async Task FindWithoutFinalStatusGetsOne()
    {
        var state = new TestScpState { OnFind = request => OnlyPending(request) };
        using var loopback = new Loopback(state);
        DicomStatus? last = null;

        await loopback.SendAsync(new DicomCFindRequest(DicomQueryRetrieveLevel.Study) { OnResponseReceived = (_, response) => last = response.Status });

        Assert.Equal(DicomStatus.ProcessingFailure, last);
    }

    [Fact]
    public async Task MoveCarriesItsCounts()
    {
        string? destination = null;
        var state = new TestScpState
        {
            OnMove = request =>
            {
                destination = request.DestinationAE;
                return Counts(request);
            },
        };
        using var loopback = new Loopback(state);
        var seen = new List<(int Remaining, int Completed, ushort Code)>();

        await loopback.SendAsync(new DicomCMoveRequest("DEST", "1.2.3", "1.2.3.4")
        {
            OnResponseReceived = (_, response) => seen.Add((response.Remaining, response.Completed, response.Status.Code)),
        });

        Assert.Equal("DEST", destination);
        Assert.Equal([(1, 1, 0xFF00), (0, 2, 0x0000)], seen);
    }

    [Fact]
    public async Task GetStoresOnTheSameAssociationAndMayWaitForTheAnswers()
    {
        var state = new TestScpState { OnGet = SendTwo };
        using var loopback = new Loopback(state);
        IDicomClient client = loopback.Client();
        client.AdditionalPresentationContexts.Add(DicomPresentationContext.GetScpRolePresentationContext(
            DicomUID.CTImageStorage, DicomTransferSyntax.ExplicitVRLittleEndian));
        var received = new List<string>();
        client.OnCStoreRequest = request =>
        {
            received.Add(request.Dataset.GetString(DicomTag.SOPInstanceUID));
            return Task.FromResult(new DicomCStoreResponse(request, DicomStatus.Success));
        };
        DicomCGetResponse? last = null;
        await client.AddRequestAsync(new DicomCGetRequest("1.2.3.4") { OnResponseReceived = (_, response) => last = response });

        await client.SendAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(["1.9.1", "1.9.2"], received);
        Assert.Equal(DicomStatus.Success, last!.Status);
        Assert.Equal(2, last.Completed);
        DicomPresentationContext context = Assert.Single(state.Associations).PresentationContexts
            .Single(item => item.AbstractSyntax == DicomUID.CTImageStorage);
        Assert.Equal((false, true), (context.UserRole, context.ProviderRole));
    }

    [Fact]
    public async Task StorageCommitmentIsReportedOnTheSameAssociation()
    {
        using var loopback = new Loopback();
        IDicomClient client = loopback.Client();
        client.ClientOptions.AssociationLingerTimeoutInMs = 3000;
        string? transaction = null;
        var reported = new TaskCompletionSource();
        client.OnNEventReportRequest = request =>
        {
            transaction = request.Dataset.GetString(DicomTag.TransactionUID);
            reported.SetResult();
            return Task.FromResult(new DicomNEventReportResponse(request, DicomStatus.Success));
        };
        var commit = new DicomNActionRequest(
            DicomUID.StorageCommitmentPushModel, DicomUID.StorageCommitmentPushModelInstance, 1)
        {
            Dataset = new DicomDataset { { DicomTag.TransactionUID, "1.2.3.99" } },
        };
        commit.Dataset.Add(new DicomSequence(
            DicomTag.ReferencedSOPSequence,
            new DicomDataset { { DicomTag.ReferencedSOPClassUID, DicomUID.CTImageStorage }, { DicomTag.ReferencedSOPInstanceUID, "1.2.3.5" } }));
        DicomStatus? status = null;
        commit.OnResponseReceived += (_, response) => status = response.Status;
        await client.AddRequestAsync(commit);

        Task sending = client.SendAsync();
        await reported.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await sending;

        Assert.Equal(DicomStatus.Success, status);
        Assert.Equal("1.2.3.99", transaction);
        Assert.Equal(
            [$"N-ACTION 1 {DicomUID.StorageCommitmentPushModelInstance.UID}", "N-EVENT-REPORT answered 0000"], loopback.State.Log);
    }

    [Fact]
    public async Task ManyCommitmentsInARowAreAllReported()
    {
        using var loopback = new Loopback();
        IDicomClient client = loopback.Client();
        client.ClientOptions.AssociationLingerTimeoutInMs = 2000;
        int reports = 0;
        var all = new TaskCompletionSource();
        client.OnNEventReportRequest = request =>
        {
            if (Interlocked.Increment(ref reports) == 20)
            {
                all.SetResult();
            }

            return Task.FromResult(new DicomNEventReportResponse(request, DicomStatus.Success));
        };
        await client.AddRequestsAsync(Enumerable.Range(0, 20).Select(i => new DicomNActionRequest(
            DicomUID.StorageCommitmentPushModel, DicomUID.StorageCommitmentPushModelInstance, 1)
        {
            Dataset = new DicomDataset { { DicomTag.TransactionUID, $"1.2.3.{i}" } },
        }));

        Task sending = client.SendAsync();
        await all.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await sending;

        Assert.Equal(20, reports);
    }

    [Fact]
    public async Task LongQueryIsNotTakenForAnIdlePeer()
    {
        var state = new TestScpState { OnMove = Slow };
        using var loopback = new Loopback(state, limits: UpperLayerLimits.Default with { IdleTimeout = TimeSpan.FromMilliseconds(500) });
        DicomStatus? status = null;

        await loopback.SendAsync(new DicomCMoveRequest("DEST", "1.2.3") { OnResponseReceived = (_, response) => status = response.Status });

        Assert.Equal(DicomStatus.Success, status);
    }

    [Fact]
    public async Task PeerThatNeverAnswersASuboperationIsAborted()
    {
        var state = new TestScpState { OnGet = SendTwo };
        using var loopback = new Loopback(state, limits: UpperLayerLimits.Default with { IdleTimeout = TimeSpan.FromMilliseconds(500) });
        IDicomClient client = loopback.Client();
        client.AdditionalPresentationContexts.Add(DicomPresentationContext.GetScpRolePresentationContext(DicomUID.CTImageStorage));
        var never = new TaskCompletionSource<DicomCStoreResponse>();
        client.OnCStoreRequest = _ => never.Task;
        await client.AddRequestAsync(new DicomCGetRequest("1.2.3.4"));

        Task sending = client.SendAsync();

        await Eventually.IsTrue(() => loopback.Server.ServiceCount == 0);
        never.SetCanceled();
        await Assert.ThrowsAnyAsync<DicomNetworkException>(() => sending);
    }

    [Fact]
    public async Task MoreContextsThanOneAssociationHoldsTakeAnother()
    {
        DicomUID[] classes = [.. DicomUID.Enumerate().Where(uid => uid.IsImageStorage).Take(70)];
        using var loopback = new Loopback();
        int stored = 0;
        DicomCStoreRequest[] requests = [.. classes.Select(uid =>
        {
            DicomFile file = Objects.Ct();
            file.Dataset.AddOrUpdate(DicomTag.SOPClassUID, uid);
            return new DicomCStoreRequest(file) { OnResponseReceived = (_, response) => stored += response.Status == DicomStatus.Success ? 1 : 0 };
        })];

        await loopback.SendAsync(requests);

        Assert.Equal(classes.Length, stored);
        Assert.Equal((classes.Length + 63) / 64, loopback.State.Associations.Count);
    }

    [Fact]
    public async Task OtherNServicesCarryTheirData()
    {
        using var loopback = new Loopback();
        DicomUID sopClass = DicomUID.ModalityPerformedProcedureStep;
        var instance = new DicomUID("1.2.3.7", "instance", DicomUidType.SOPInstance);
        string? attributes = null;
        string? set = null;
        ushort? deleted = null;
        ushort? created = null;

        await loopback.SendAsync(
            new DicomNGetRequest(sopClass, instance)
            {
                Attributes = [DicomTag.PatientName, DicomTag.PatientID],
                OnResponseReceived = (_, response) => attributes = response.Dataset.GetString(DicomTag.PatientID),
            },
            new DicomNSetRequest(sopClass, instance)
            {
                Dataset = new DicomDataset { { DicomTag.PatientID, "X" } },
                OnResponseReceived = (_, response) => set = response.Dataset.GetString(DicomTag.PatientID),
            },
            new DicomNDeleteRequest(sopClass, instance) { OnResponseReceived = (_, response) => deleted = response.Status.Code },
            new DicomNCreateRequest(sopClass, instance) { OnResponseReceived = (_, response) => created = response.Status.Code });

        Assert.Equal("(0010,0010),(0010,0020)", attributes);
        Assert.Equal("X", set);
        Assert.Equal<ushort?>(0x0112, deleted);
        Assert.Equal<ushort?>(0x0000, created);
    }

    [Fact]
    public async Task ServiceThatIsNotOfferedIsRefusedAndTheAssociationGoesOn()
    {
        int port = Loopback.FreePort();
        using IDicomServer server = DicomServerFactory.Create<EchoOfEverything>(NetworkManager.IPv4Loopback, port);
        IDicomClient client = DicomClientFactory.Create("127.0.0.1", port, null, "SCU", "SCP");
        var codes = new List<ushort>();
        await client.AddRequestsAsync(
        [
            new DicomCFindRequest(DicomQueryRetrieveLevel.Study) { OnResponseReceived = (_, response) => codes.Add(response.Status.Code) },
            new DicomCStoreRequest(Objects.Ct()) { OnResponseReceived = (_, response) => codes.Add(response.Status.Code) },
            new DicomCEchoRequest { OnResponseReceived = (_, response) => codes.Add(response.Status.Code) },
        ]);

        await client.SendAsync();

        Assert.Equal([0x0211, 0x0211, 0x0000], codes);
    }

    private static async IAsyncEnumerable<DicomCFindResponse> Matches(DicomCFindRequest request)
    {
        for (int i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return new DicomCFindResponse(request, DicomStatus.Pending)
            {
                Dataset = new DicomDataset { { DicomTag.SOPInstanceUID, $"{request.Dataset.GetString(DicomTag.SeriesInstanceUID)}.{i}" } },
            };
        }

        yield return new DicomCFindResponse(request, DicomStatus.Success);
    }

    private static async IAsyncEnumerable<DicomCFindResponse> OnlyPending(DicomCFindRequest request)
    {
        await Task.Yield();
        yield return new DicomCFindResponse(request, DicomStatus.Pending) { Dataset = new DicomDataset { { DicomTag.PatientID, "1" } } };
    }

    private static async IAsyncEnumerable<DicomCMoveResponse> Slow(DicomCMoveRequest request)
    {
        await Task.Delay(2000);
        yield return new DicomCMoveResponse(request, DicomStatus.Success);
    }

    private static async IAsyncEnumerable<DicomCMoveResponse> Counts(DicomCMoveRequest request)
    {
        await Task.Yield();
        yield return new DicomCMoveResponse(request, DicomStatus.Pending) { Remaining = 1, Completed = 1 };
        yield return new DicomCMoveResponse(request, DicomStatus.Success) { Remaining = 0, Completed = 2 };
    }

    private static async IAsyncEnumerable<DicomCGetResponse> SendTwo(TestScp scp, DicomCGetRequest request)
    {
        for (int i = 1; i <= 2; i++)
        {
            var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await scp.SendRequestAsync(new DicomCStoreRequest(Objects.Ct(instance: $"1.9.{i}"))
            {
                OnResponseReceived = (_, _) => answered.SetResult(),
            });
            await answered.Task.WaitAsync(TimeSpan.FromSeconds(10));
            yield return new DicomCGetResponse(request, DicomStatus.Pending) { Remaining = 2 - i, Completed = i };
        }

        yield return new DicomCGetResponse(request, DicomStatus.Success) { Completed = 2 };
    }
}

/// <summary>Accepts every context, but answers C-ECHO only.</summary>
internal sealed class EchoOfEverything : DicomService, IDicomServiceProvider, IDicomCEchoProvider
{
    public EchoOfEverything(
        INetworkStream stream, System.Text.Encoding fallbackEncoding, Microsoft.Extensions.Logging.ILogger logger, DicomServiceDependencies dependencies)
        : base(stream, fallbackEncoding, logger, dependencies)
    {
    }

    public Task OnReceiveAssociationRequestAsync(DicomAssociation association)
    {
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            context.SetResult(DicomPresentationContextResult.Accept);
        }

        return SendAssociationAcceptAsync(association);
    }

    public Task OnReceiveAssociationReleaseRequestAsync() => SendAssociationReleaseResponseAsync();

    public void OnReceiveAbort(DicomAbortSource source, DicomAbortReason reason)
    {
    }

    public void OnConnectionClosed(Exception exception)
    {
    }

    public Task<DicomCEchoResponse> OnCEchoRequestAsync(DicomCEchoRequest request) =>
        Task.FromResult(new DicomCEchoResponse(request, DicomStatus.Success));
}
