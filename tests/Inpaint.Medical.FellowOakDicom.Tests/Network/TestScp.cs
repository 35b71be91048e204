#nullable disable
using System.Collections.Concurrent;
using System.Text;
using FellowOakDicom.Network;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Tests.Network;

/// <summary>What a test tells its server to do, and what the server saw.</summary>
public sealed class TestScpState
{
    public DicomTransferSyntax[] Syntaxes { get; set; } =
        [DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian];

    public Func<DicomAssociation, TestScp, Task> OnAssociation { get; set; }

    public Func<DicomCEchoRequest, Task<DicomStatus>> OnEcho { get; set; } = _ => Task.FromResult(DicomStatus.Success);

    public Func<DicomCStoreRequest, Task<DicomStatus>> OnStore { get; set; } = _ => Task.FromResult(DicomStatus.Success);

    public Func<TestScp, DicomCGetRequest, IAsyncEnumerable<DicomCGetResponse>> OnGet { get; set; }

    public Func<DicomCMoveRequest, IAsyncEnumerable<DicomCMoveResponse>> OnMove { get; set; }

    public Func<DicomCFindRequest, IAsyncEnumerable<DicomCFindResponse>> OnFind { get; set; }

    /// <summary>How a received object is kept: the default, in memory, or not at all.</summary>
    public StoreKind Kind { get; set; }

    public Stream StoreStream { get; set; }

    public ConcurrentQueue<string> Log { get; } = new();

    public ConcurrentQueue<DicomAssociation> Associations { get; } = new();

    public ConcurrentQueue<Exception> Closed { get; } = new();

    public ConcurrentQueue<(DicomAbortSource Source, DicomAbortReason Reason)> Aborts { get; } = new();

    public ConcurrentQueue<(string File, Exception Error)> StoreErrors { get; } = new();
}

public enum StoreKind
{
    Default,
    Memory,
    NoFile,
    GivenStream,
}

/// <summary>A server for tests, with every service.</summary>
public sealed class TestScp : DicomService, IDicomServiceProvider, IDicomCEchoProvider, IDicomCStoreProvider, IDicomCFindProvider,
    IDicomCMoveProvider, IDicomCGetProvider, IDicomNServiceProvider, IDicomNEventReportRequestProvider
{
    public TestScp(INetworkStream stream, Encoding fallbackEncoding, ILogger logger, DicomServiceDependencies dependencies)
        : base(stream, fallbackEncoding, logger, dependencies)
    {
    }

    public TestScpState State => (TestScpState)UserState;

    public async Task OnReceiveAssociationRequestAsync(DicomAssociation association)
    {
        State.Associations.Enqueue(association);
        if (State.OnAssociation != null)
        {
            await State.OnAssociation(association, this);
            return;
        }

        await AcceptAsync(association);
    }

    public Task AcceptAsync(DicomAssociation association)
    {
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            context.AcceptTransferSyntaxes(State.Syntaxes);
        }

        return SendAssociationAcceptAsync(association);
    }

    public Task RejectAsync(DicomRejectResult result, DicomRejectSource source, DicomRejectReason reason) =>
        SendAssociationRejectAsync(result, source, reason);

    public Task ReleaseAsync() => SendAssociationReleaseRequestAsync();

    public Task AbortAsync() => SendAbortAsync(DicomAbortSource.ServiceUser, DicomAbortReason.NotSpecified);

    public Task OnReceiveAssociationReleaseRequestAsync() => SendAssociationReleaseResponseAsync();

    public void OnReceiveAbort(DicomAbortSource source, DicomAbortReason reason) => State.Aborts.Enqueue((source, reason));

    public void OnConnectionClosed(Exception exception) => State.Closed.Enqueue(exception);

    public async Task<DicomCEchoResponse> OnCEchoRequestAsync(DicomCEchoRequest request) => new(request, await State.OnEcho(request));

    public async Task<DicomCStoreResponse> OnCStoreRequestAsync(DicomCStoreRequest request) => new(request, await State.OnStore(request));

    public Task OnCStoreRequestExceptionAsync(string tempFileName, Exception e)
    {
        State.StoreErrors.Enqueue((tempFileName, e));
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<DicomCFindResponse> OnCFindRequestAsync(DicomCFindRequest request) => State.OnFind(request);

    public IAsyncEnumerable<DicomCMoveResponse> OnCMoveRequestAsync(DicomCMoveRequest request) => State.OnMove(request);

    public IAsyncEnumerable<DicomCGetResponse> OnCGetRequestAsync(DicomCGetRequest request) => State.OnGet(this, request);

    public Task<DicomNActionResponse> OnNActionRequestAsync(DicomNActionRequest request)
    {
        State.Log.Enqueue($"N-ACTION {request.ActionTypeID} {request.SOPInstanceUID.UID}");
        return Task.FromResult(new DicomNActionResponse(request, DicomStatus.Success));
    }

    public Task<DicomNCreateResponse> OnNCreateRequestAsync(DicomNCreateRequest request) =>
        Task.FromResult(new DicomNCreateResponse(request, DicomStatus.Success));

    public Task<DicomNDeleteResponse> OnNDeleteRequestAsync(DicomNDeleteRequest request) =>
        Task.FromResult(new DicomNDeleteResponse(request, DicomStatus.NoSuchObjectInstance));

    public Task<DicomNEventReportResponse> OnNEventReportRequestAsync(DicomNEventReportRequest request) =>
        Task.FromResult(new DicomNEventReportResponse(request, DicomStatus.Success));

    public Task<DicomNGetResponse> OnNGetRequestAsync(DicomNGetRequest request) => Task.FromResult(
        new DicomNGetResponse(request, DicomStatus.Success)
        {
            Dataset = new DicomDataset { { DicomTag.PatientID, string.Join(',', request.Attributes.Select(tag => tag.ToString())) } },
        });

    public Task<DicomNSetResponse> OnNSetRequestAsync(DicomNSetRequest request) => Task.FromResult(
        new DicomNSetResponse(request, DicomStatus.Success) { Dataset = request.Dataset });

    /// <summary>Storage commitment: all that was asked for is safe.</summary>
    public async Task OnSendNEventReportRequestAsync(DicomNActionRequest request)
    {
        var report = new DicomNEventReportRequest(request.SOPClassUID, request.SOPInstanceUID, 1) { Dataset = request.Dataset };
        report.OnResponseReceived += (_, response) => State.Log.Enqueue($"N-EVENT-REPORT answered {response.Status.Code:X4}");
        await SendRequestAsync(report);
    }

    protected override void CreateCStoreReceiveStream(DicomFile file)
    {
        switch (State.Kind)
        {
            case StoreKind.Memory:
                _dimseStreamFile = null;
                _dimseStream = new MemoryStream();
                file.Save(_dimseStream);
                _dimseStream.Seek(0, SeekOrigin.End);
                break;
            case StoreKind.NoFile:
                _dimseStreamFile = null;
                _dimseStream = new MemoryStream();
                break;
            case StoreKind.GivenStream:
                _dimseStreamFile = null;
                _dimseStream = State.StoreStream;
                break;
            default:
                base.CreateCStoreReceiveStream(file);
                break;
        }
    }

    protected override DicomFile GetCStoreDicomFile()
    {
        if (State.Kind == StoreKind.Memory)
        {
            _dimseStream.Seek(0, SeekOrigin.Begin);
            return DicomFile.Open(_dimseStream, FileReadOption.ReadAll);
        }

        return State.Kind is StoreKind.NoFile or StoreKind.GivenStream ? null : base.GetCStoreDicomFile();
    }
}
