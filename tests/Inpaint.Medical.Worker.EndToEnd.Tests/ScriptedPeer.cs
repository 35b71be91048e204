using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Network;
using Inpaint.Medical.Worker.Tests;
using Microsoft.Extensions.Logging;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>A PACS that does as a test tells it, and remembers what it answered success for. It offers C-STORE and nothing to confirm it.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly ConcurrentQueue<(string Uid, string Pixels)> _stored = new();
    private IDicomServer? _server;
    private int _requests;

    public int Port { get; } = RunningWorker.FreePort();

    public string Name => $"PACS@127.0.0.1:{Port}";

    /// <summary>Status of the n-th C-STORE, from 0; may take its time.</summary>
    public Func<int, Task<ushort>> Answer { get; set; } = _ => Task.FromResult((ushort)0);

    /// <summary>Refuses every association, transiently.</summary>
    public bool Rejects { get; set; }

    public int Associations { get; private set; }

    /// <summary>C-STORE requests, answered in whatever way.</summary>
    public int Requests => _requests;

    /// <summary>Objects that were answered with success, repeats included.</summary>
    public int Successes => _stored.Count;

    public Holdings Holdings => new(_stored.ToLookup(item => item.Uid, item => item.Pixels));

    public ScriptedPeer Up()
    {
        _server = DicomServerFactory.Create<Service>("127.0.0.1", Port, userState: this);
        return this;
    }

    public void Down()
    {
        _server?.Dispose();
        _server = null;
    }

    public void Dispose() => Down();

    private sealed class Service(INetworkStream stream, Encoding fallbackEncoding, ILogger logger, DicomServiceDependencies dependencies)
        : DicomService(stream, fallbackEncoding, logger, dependencies), IDicomServiceProvider, IDicomCStoreProvider
    {
        private ScriptedPeer Owner => (ScriptedPeer)UserState;

        public Task OnReceiveAssociationRequestAsync(DicomAssociation association)
        {
            Owner.Associations++;
            if (Owner.Rejects)
            {
                return SendAssociationRejectAsync(
                    DicomRejectResult.Transient, DicomRejectSource.ServiceProviderPresentation, DicomRejectReason.TemporaryCongestion);
            }

            foreach (DicomPresentationContext context in association.PresentationContexts
                .Where(context => context.AbstractSyntax.StorageCategory != DicomStorageCategory.None))
            {
                context.AcceptTransferSyntaxes([.. context.GetTransferSyntaxes()]);
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

        public async Task<DicomCStoreResponse> OnCStoreRequestAsync(DicomCStoreRequest request)
        {
            ushort status = await Owner.Answer(Interlocked.Increment(ref Owner._requests) - 1);
            if (status == 0)
            {
                byte[] pixels = DicomPixelData.Create(request.Dataset).GetFrame(0).Data;
                Owner._stored.Enqueue((request.SOPInstanceUID.UID, Convert.ToHexStringLower(SHA256.HashData(pixels))));
            }

            return new DicomCStoreResponse(request, DicomStatus.Lookup(status));
        }

        public Task OnCStoreRequestExceptionAsync(string tempFileName, Exception e) => Task.CompletedTask;
    }
}
