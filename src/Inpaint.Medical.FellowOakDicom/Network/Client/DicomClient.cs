using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using FellowOakDicom.Network.Client.EventArguments;
using FellowOakDicom.Network.Client.States;
using FellowOakDicom.Network.Tls;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network.Client;

/// <summary>The client: a queue of requests, and associations to send them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without wait handle holds nothing; fo-dicom's client has no Dispose.")]
internal sealed partial class DicomClient : IDicomClient
{
    private readonly DicomServiceDependencies _dependencies;
    private readonly ConcurrentQueue<DicomRequest> _queue = new();
    private readonly SemaphoreSlim _sendTurn = new(1, 1);
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DicomClientState _state = DicomClientState.Idle;
    private int _asyncInvoked = 1;
    private int _asyncPerformed = 1;

    internal DicomClient(
        string host,
        int port,
        ITlsInitiator tlsInitiator,
        string callingAe,
        string calledAe,
        DicomClientOptions clientOptions,
        DicomServiceOptions serviceOptions,
        DicomServiceDependencies dependencies)
    {
        Host = host;
        Port = port;
        TlsInitiator = tlsInitiator;
        CallingAe = callingAe;
        CalledAe = calledAe;
        ClientOptions = clientOptions;
        ServiceOptions = serviceOptions;
        _dependencies = dependencies;
        Logger = dependencies.LoggerFactory.CreateLogger(DicomService.LogCategory);
    }

    public event EventHandler<AssociationAcceptedEventArgs> AssociationAccepted;

    public event EventHandler<AssociationRejectedEventArgs> AssociationRejected;

    public event EventHandler AssociationReleased;

    public event EventHandler<AssociationRequestTimedOutEventArgs> AssociationRequestTimedOut;

    public event EventHandler<StateChangedEventArgs> StateChanged;

    public event EventHandler<RequestTimedOutEventArgs> RequestTimedOut;

    public string Host { get; }

    public int Port { get; }

    public ITlsInitiator TlsInitiator { get; }

    public string CallingAe { get; }

    public string CalledAe { get; }

    public ILogger Logger { get; set; }

    public DicomServiceOptions ServiceOptions { get; }

    public DicomClientOptions ClientOptions { get; }

    public List<DicomPresentationContext> AdditionalPresentationContexts { get; set; } = [];

    public List<DicomExtendedNegotiation> AdditionalExtendedNegotiations { get; set; } = [];

    public bool RequireSuccessfulUserIdentityNegotiation { get; set; }

    public DicomUserIdentityNegotiation UserIdentityNegotiation { get; set; }

    public Encoding FallbackEncoding { get; set; }

    public DicomClientCStoreRequestHandler OnCStoreRequest { get; set; }

    public DicomClientNEventReportRequestHandler OnNEventReportRequest { get; set; }

    public bool IsSendRequired => !_queue.IsEmpty || AdditionalPresentationContexts.Count > 0;

    public void NegotiateAsyncOps(int invoked = 0, int performed = 0)
    {
        _asyncInvoked = invoked;
        _asyncPerformed = performed;
    }

    public void NegotiateUserIdentity(DicomUserIdentityNegotiation userIdentityNegotiation) =>
        UserIdentityNegotiation = userIdentityNegotiation;

    public Task AddRequestAsync(DicomRequest dicomRequest) => AddRequestsAsync([dicomRequest]);

    public Task AddRequestsAsync(IEnumerable<DicomRequest> dicomRequests)
    {
        foreach (DicomRequest request in dicomRequests)
        {
            _queue.Enqueue(request ?? throw new ArgumentNullException(nameof(dicomRequests)));
        }

        Interlocked.Exchange(ref _added, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return Task.CompletedTask;
    }

    internal void OnRequestTimedOut(DicomRequest request, TimeSpan timeout) =>
        RequestTimedOut?.Invoke(this, new RequestTimedOutEventArgs(request, timeout));

    private void Enter(DicomClientState state)
    {
        DicomClientState old = _state;
        if (old != state)
        {
            _state = state;
            StateChanged?.Invoke(this, new StateChangedEventArgs(old, state));
        }
    }
}
