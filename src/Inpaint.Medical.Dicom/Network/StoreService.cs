using System.Net;
using System.Text;
using FellowOakDicom;
using FellowOakDicom.Network;
using Microsoft.Extensions.Logging;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>One incoming association: C-ECHO, C-STORE, and the reports of storage commitment.</summary>
internal sealed class StoreService(
    INetworkStream stream, Encoding fallbackEncoding, ILogger logger, DicomServiceDependencies dependencies)
    : DicomService(stream, fallbackEncoding, logger, dependencies),
        IDicomServiceProvider, IDicomCStoreProvider, IDicomCEchoProvider, IDicomNServiceProvider
{
    private static readonly DicomTransferSyntax[] Syntaxes =
    [
        DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian,
        DicomTransferSyntax.DeflatedExplicitVRLittleEndian, DicomTransferSyntax.JPEGLSLossless, DicomTransferSyntax.JPEG2000Lossless,
        DicomTransferSyntax.JPEGProcess14SV1, DicomTransferSyntax.JPEGProcess14, DicomTransferSyntax.RLELossless,
        DicomTransferSyntax.JPEGLSNearLossless, DicomTransferSyntax.JPEG2000Lossy, DicomTransferSyntax.JPEGProcess1,
        DicomTransferSyntax.JPEGProcess2_4,
    ];

    private readonly string _remoteHost = stream.RemoteHost;
    private AssociationPeer? _peer;
    private AssociationPeer? _admitted;
    private IIncomingObject? _incoming;

    private IStoreIntake Intake => (IStoreIntake)UserState;

    public async Task OnReceiveAssociationRequestAsync(DicomAssociation association)
    {
        IPAddress address = IPAddress.TryParse(_remoteHost, out IPAddress? parsed) ? parsed : IPAddress.None;
        _peer = new AssociationPeer(association.CallingAE.Trim(), association.CalledAE.Trim(), address);
        switch (Intake.Admit(_peer))
        {
            case Admission.CalledAeUnknown:
                await SendAssociationRejectAsync(
                    DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.CalledAENotRecognized);
                return;
            case Admission.CallingAeUnknown:
                await SendAssociationRejectAsync(
                    DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.CallingAENotRecognized);
                return;
            case Admission.Congested:
                await SendAssociationRejectAsync(
                    DicomRejectResult.Transient, DicomRejectSource.ServiceProviderPresentation, DicomRejectReason.TemporaryCongestion);
                return;
        }

        _admitted = _peer;
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            if (context.AbstractSyntax == DicomUID.Verification || context.AbstractSyntax == DicomUID.StorageCommitmentPushModel)
            {
                context.AcceptTransferSyntaxes(DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRLittleEndian);
            }
            else if (context.AbstractSyntax.StorageCategory != DicomStorageCategory.None)
            {
                context.AcceptTransferSyntaxes(Syntaxes);
            }
        }

        await SendAssociationAcceptAsync(association);
    }

    public Task OnReceiveAssociationReleaseRequestAsync() => SendAssociationReleaseResponseAsync();

    public void OnReceiveAbort(DicomAbortSource source, DicomAbortReason reason) => Abandon();

    public void OnConnectionClosed(Exception exception)
    {
        Abandon();
        if (Interlocked.Exchange(ref _admitted, null) is { } admitted)
        {
            Intake.Ended(admitted);
        }
    }

    public Task<DicomCEchoResponse> OnCEchoRequestAsync(DicomCEchoRequest request) =>
        Task.FromResult(new DicomCEchoResponse(request, DicomStatus.Success));

    /// <summary>The bytes go straight to the staging file; nothing is parsed while they arrive.</summary>
    protected override void CreateCStoreReceiveStream(DicomFile file)
    {
        Abandon();
        _incoming = Intake.Begin(_peer!);
        file.Save(_incoming.Stream);
        _incoming.BeginDataset();
        _dimseStreamFile = null;
        _dimseStream = _incoming.Stream;
    }

    /// <summary>Parsing is the intake's work, after the object is whole.</summary>
    protected override DicomFile GetCStoreDicomFile() => null!;

    public async Task<DicomCStoreResponse> OnCStoreRequestAsync(DicomCStoreRequest request)
    {
        IIncomingObject? incoming = Interlocked.Exchange(ref _incoming, null);
        if (incoming is null)
        {
            return new DicomCStoreResponse(request, DicomStatus.ProcessingFailure);
        }

        using (incoming)
        {
            StoreAnswer answer;
            try
            {
                answer = await Intake.CompleteAsync(_peer!, incoming, request.SOPInstanceUID?.UID ?? "", CancellationToken.None);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // Whatever went wrong here, the peer gets an answer; the intake has reported the cause.
                Logger.LogError("Intake failed: {Type}", failure.GetType().Name);
                answer = StoreAnswer.OutOfResources;
            }

            return new DicomCStoreResponse(request, Status(answer));
        }
    }

    public Task OnCStoreRequestExceptionAsync(string tempFileName, Exception e)
    {
        Abandon();
        return Task.CompletedTask;
    }

    public async Task<DicomNEventReportResponse> OnNEventReportRequestAsync(DicomNEventReportRequest request)
    {
        if (request.SOPClassUID != DicomUID.StorageCommitmentPushModel || !request.HasDataset)
        {
            return new DicomNEventReportResponse(request, DicomStatus.NoSuchSOPClass);
        }

        await Intake.CommittedAsync(StorageCommitment.Read(request.Dataset), CancellationToken.None);
        return new DicomNEventReportResponse(request, DicomStatus.Success);
    }

    public Task<DicomNActionResponse> OnNActionRequestAsync(DicomNActionRequest request) =>
        Task.FromResult(new DicomNActionResponse(request, DicomStatus.UnrecognizedOperation));

    public Task<DicomNCreateResponse> OnNCreateRequestAsync(DicomNCreateRequest request) =>
        Task.FromResult(new DicomNCreateResponse(request, DicomStatus.UnrecognizedOperation));

    public Task<DicomNDeleteResponse> OnNDeleteRequestAsync(DicomNDeleteRequest request) =>
        Task.FromResult(new DicomNDeleteResponse(request, DicomStatus.UnrecognizedOperation));

    public Task<DicomNGetResponse> OnNGetRequestAsync(DicomNGetRequest request) =>
        Task.FromResult(new DicomNGetResponse(request, DicomStatus.UnrecognizedOperation));

    public Task<DicomNSetResponse> OnNSetRequestAsync(DicomNSetRequest request) =>
        Task.FromResult(new DicomNSetResponse(request, DicomStatus.UnrecognizedOperation));

    // The comment is a fixed text: a parser's message may quote the patient.
    private static DicomStatus Status(StoreAnswer answer) => answer switch
    {
        StoreAnswer.Success => DicomStatus.Success,
        StoreAnswer.OutOfResources => new DicomStatus("A700", DicomState.Failure, "Out of resources", "Try again later"),
        StoreAnswer.DoesNotMatch => new DicomStatus("A900", DicomState.Failure, "Data set does not match", "Identifiers invalid or not as announced"),
        StoreAnswer.Conflict => new DicomStatus("C000", DicomState.Failure, "Cannot understand", "Other pixels are held under this UID"),
        _ => new DicomStatus("0110", DicomState.Failure, "Processing failure", "The data set could not be parsed"),
    };

    private void Abandon() => Interlocked.Exchange(ref _incoming, null)?.Dispose();
}
