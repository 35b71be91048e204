using System.Text;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <summary>Answers C-ECHO and nothing else.</summary>
public class DicomCEchoProvider : DicomService, IDicomServiceProvider, IDicomCEchoProvider
{
    public DicomCEchoProvider(INetworkStream stream, Encoding fallbackEncoding, ILogger logger, DicomServiceDependencies dependencies)
        : base(stream, fallbackEncoding, logger, dependencies)
    {
    }

    public Task OnReceiveAssociationRequestAsync(DicomAssociation association)
    {
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            context.SetResult(context.AbstractSyntax == DicomUID.Verification
                ? DicomPresentationContextResult.Accept
                : DicomPresentationContextResult.RejectAbstractSyntaxNotSupported);
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
