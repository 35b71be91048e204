using System.Text;
using FellowOakDicom.Network.Client.EventArguments;
using FellowOakDicom.Network.Tls;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network.Client;

/// <summary>Sends requests to one application entity.</summary>
public interface IDicomClient
{
    event EventHandler<AssociationAcceptedEventArgs> AssociationAccepted;

    event EventHandler<AssociationRejectedEventArgs> AssociationRejected;

    event EventHandler AssociationReleased;

    event EventHandler<AssociationRequestTimedOutEventArgs> AssociationRequestTimedOut;

    event EventHandler<StateChangedEventArgs> StateChanged;

    event EventHandler<RequestTimedOutEventArgs> RequestTimedOut;

    string Host { get; }

    int Port { get; }

    ITlsInitiator TlsInitiator { get; }

    string CallingAe { get; }

    string CalledAe { get; }

    ILogger Logger { get; set; }

    DicomServiceOptions ServiceOptions { get; }

    DicomClientOptions ClientOptions { get; }

    /// <summary>Proposed beside what the requests need, as C-GET's storage contexts.</summary>
    List<DicomPresentationContext> AdditionalPresentationContexts { get; set; }

    List<DicomExtendedNegotiation> AdditionalExtendedNegotiations { get; set; }

    /// <summary>Ends the association with an error when the peer does not confirm the user identity.</summary>
    bool RequireSuccessfulUserIdentityNegotiation { get; set; }

    DicomUserIdentityNegotiation UserIdentityNegotiation { get; set; }

    Encoding FallbackEncoding { get; set; }

    DicomClientCStoreRequestHandler OnCStoreRequest { get; set; }

    DicomClientNEventReportRequestHandler OnNEventReportRequest { get; set; }

    bool IsSendRequired { get; }

    void NegotiateAsyncOps(int invoked = 0, int performed = 0);

    void NegotiateUserIdentity(DicomUserIdentityNegotiation userIdentityNegotiation);

    Task AddRequestAsync(DicomRequest dicomRequest);

    Task AddRequestsAsync(IEnumerable<DicomRequest> dicomRequests);

    /// <summary>
    /// Opens associations, sends all requests, waits for their responses, lingers and releases. Returns normally also after cancellation
    /// and after time-outs of requests: only the final status of each request tells whether it was done.
    /// </summary>
    /// <exception cref="DicomAssociationRejectedException">The peer rejected the association.</exception>
    /// <exception cref="DicomAssociationAbortedException">The peer aborted the association.</exception>
    /// <exception cref="DicomAssociationRequestTimedOutException">The peer answered none of several association requests.</exception>
    /// <exception cref="ConnectionClosedPrematurelyException">The connection was lost.</exception>
    /// <exception cref="AggregateException">No connection or no TLS; the cause is inside.</exception>
#pragma warning disable CA1068 // The order of fo-dicom.
    Task SendAsync(
        CancellationToken cancellationToken = default,
        DicomClientCancellationMode cancellationMode = DicomClientCancellationMode.ImmediatelyReleaseAssociation);
#pragma warning restore CA1068
}
