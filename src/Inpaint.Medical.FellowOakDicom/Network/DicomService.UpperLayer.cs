using FellowOakDicom.Network.UpperLayer;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <content>The upper layer: PDUs in, events through the table, actions out.</content>
public abstract partial class DicomService
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _pduTurn = new(1, 1);
    private readonly long _started = Environment.TickCount64;
    private PduReader _reader;
    private long _artimEnd;
    private long _writeSince;
    private long _lastWrite;
    private bool _hasAsyncOps;
    private int _isHandling;

    protected async Task SendAssociationRequestAsync(DicomAssociation association)
    {
        ArgumentNullException.ThrowIfNull(association);
        association.Options = Options;
        association.RemoteHost = _network.RemoteHost;
        association.RemotePort = _network.RemotePort;
        Association = association;
        byte[] pdu = AssociatePdu.WriteRequest(association, Options.MaxPDULength);
        Logger.LogInformation("{Calling} -> {Called}: association request", association.CallingAE, association.CalledAE);
        await MoveAsync(UpperLayerEvent.AssociateRequest).ConfigureAwait(false);
        await RequireAsync(UpperLayerEvent.TransportConfirmed, pdu).ConfigureAwait(false);
    }

    /// <summary>Accepts the association; contexts without a result are rejected.</summary>
    protected async Task SendAssociationAcceptAsync(DicomAssociation association)
    {
        ArgumentNullException.ThrowIfNull(association);
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            if (context.Result == DicomPresentationContextResult.Proposed)
            {
                context.SetResult(DicomPresentationContextResult.RejectNoReason);
            }
        }

        Association = association;
        OpenWindow(association.MaxAsyncOpsPerformed);
        Logger.LogInformation("{Calling} -> {Called}: association accepted", association.CallingAE, association.CalledAE);
        await RequireAsync(
            UpperLayerEvent.AcceptResponse,
            AssociatePdu.WriteAccept(association, Options.MaxPDULength, _hasAsyncOps)).ConfigureAwait(false);
    }

    protected Task SendAssociationRejectAsync(DicomRejectResult result, DicomRejectSource source, DicomRejectReason reason)
    {
        Logger.LogInformation("Association rejected: {Result}, {Source}, {Reason}", result, source, reason);
        return RequireAsync(UpperLayerEvent.RejectResponse, RejectPdu(result, source, reason));
    }

    protected Task SendAssociationReleaseRequestAsync() =>
        RequireAsync(UpperLayerEvent.ReleaseRequest, PduBuilder.Small(PduType.ReleaseRequest));

    protected Task SendAssociationReleaseResponseAsync() =>
        RequireAsync(UpperLayerEvent.ReleaseResponse, PduBuilder.Small(PduType.ReleaseResponse));

    /// <summary>Aborts the association; nothing happens when there is none.</summary>
    protected async Task SendAbortAsync(DicomAbortSource source, DicomAbortReason reason)
    {
        Logger.LogInformation("Association aborted by us: {Source}, {Reason}", source, reason);
        if (_machine.TryMove(UpperLayerEvent.AbortRequest, otherwise: false, out UpperLayerAction action))
        {
            await ApplyAsync(action, PduBuilder.Small(PduType.Abort, 0, (byte)source, (byte)reason), reason).ConfigureAwait(false);
        }
    }

    private static byte[] RejectPdu(DicomRejectResult result, DicomRejectSource source, DicomRejectReason reason) =>
        PduBuilder.Small(PduType.AssociateReject, (byte)result, (byte)source, (byte)((int)reason & 0x0F));

    private static UpperLayerEvent EventOf(PduType type) => type switch
    {
        PduType.AssociateRequest => UpperLayerEvent.AssociateRequestPdu,
        PduType.AssociateAccept => UpperLayerEvent.AssociateAcceptPdu,
        PduType.AssociateReject => UpperLayerEvent.AssociateRejectPdu,
        PduType.Data => UpperLayerEvent.DataPdu,
        PduType.ReleaseRequest => UpperLayerEvent.ReleaseRequestPdu,
        PduType.ReleaseResponse => UpperLayerEvent.ReleaseResponsePdu,
        PduType.Abort => UpperLayerEvent.AbortPdu,
        _ => UpperLayerEvent.InvalidPdu,
    };

    private async Task ReadPdusAsync(PduReader reader)
    {
        while (IsConnected)
        {
            if (_machine.State == UpperLayerState.Sta13)
            {
                await reader.DrainAsync().ConfigureAwait(false);
                return;
            }

            try
            {
                if (!await reader.ReadHeaderAsync().ConfigureAwait(false))
                {
                    return;
                }

                UpperLayerEvent occurred = EventOf(reader.Type);
                if (_machine.IsUnwanted(occurred))
                {
                    await MoveAsync(occurred, reason: DicomAbortReason.UnexpectedPDU).ConfigureAwait(false);
                    continue;
                }

                ReadOnlyMemory<byte> body = await reader.ReadBodyAsync().ConfigureAwait(false);
                await ReceiveAsync(reader.Type, body).ConfigureAwait(false);
            }
            catch (InvalidPduException exception)
            {
                Logger.LogWarning("Invalid PDU from {Host}: {Message}", _network.RemoteHost, exception.Message);
                await MoveAsync(UpperLayerEvent.InvalidPdu, reason: exception.Reason).ConfigureAwait(false);
            }
        }
    }

    private Task ReceiveAsync(PduType type, ReadOnlyMemory<byte> body) => type switch
    {
        PduType.AssociateRequest => OnAssociateRequestAsync(body),
        PduType.AssociateAccept => OnAssociateAcceptAsync(body),
        PduType.AssociateReject => OnAssociateRejectAsync(body),
        PduType.Data => OnDataAsync(body),
        PduType.ReleaseRequest => OnReleaseRequestAsync(),
        PduType.ReleaseResponse => OnReleaseResponseAsync(),
        _ => OnAbortAsync(body),
    };

    private async Task OnAssociateRequestAsync(ReadOnlyMemory<byte> body)
    {
        DicomAssociation association = AssociatePdu.ReadRequest(body.Span, Limits, out AssociateRefusal? refusal, out _hasAsyncOps);
        await MoveAsync(UpperLayerEvent.AssociateRequestPdu, otherwise: refusal != null).ConfigureAwait(false);
        if (refusal is { } no)
        {
            Logger.LogInformation("Association refused: {Reason}", no.Reason);
            StartArtim();
            await WritePduAsync(RejectPdu(no.Result, no.Source, no.Reason)).ConfigureAwait(false);
            return;
        }

        await HandleAsync(Admit).ConfigureAwait(false);
        association.RemoteHost = _network.RemoteHost;
        association.RemotePort = _network.RemotePort;
        association.Options = Options;
        Association = association;
        Logger.LogInformation(
            "{Calling} -> {Called}: association requested from {Host}", association.CallingAE, association.CalledAE, association.RemoteHost);
        await HandleAsync(() => ((IDicomServiceProvider)this).OnReceiveAssociationRequestAsync(association)).ConfigureAwait(false);
    }

    private async Task OnAssociateAcceptAsync(ReadOnlyMemory<byte> body)
    {
        AssociatePdu.ReadAccept(body.Span, Limits, Association);
        OpenWindow(Association.MaxAsyncOpsInvoked);
        await MoveAsync(UpperLayerEvent.AssociateAcceptPdu).ConfigureAwait(false);
        await ((IDicomServiceUser)this).OnReceiveAssociationAcceptAsync(Association).ConfigureAwait(false);
    }

    private async Task OnAssociateRejectAsync(ReadOnlyMemory<byte> body)
    {
        var result = (DicomRejectResult)body.Span[1];
        var source = (DicomRejectSource)body.Span[2];
        var reason = (DicomRejectReason)((body.Span[2] << 4) | (body.Span[3] & 0x0F));
        await ((IDicomServiceUser)this).OnReceiveAssociationRejectAsync(result, source, reason).ConfigureAwait(false);
        await MoveAsync(UpperLayerEvent.AssociateRejectPdu).ConfigureAwait(false);
    }

    private async Task OnReleaseRequestAsync()
    {
        if (_incoming != null || _command.WrittenCount > 0)
        {
            throw new InvalidPduException(DicomAbortReason.UnexpectedPDU, "A release request came inside a message.");
        }

        await MoveAsync(UpperLayerEvent.ReleaseRequestPdu, otherwise: IsAcceptor).ConfigureAwait(false);
        if (_machine.State != UpperLayerState.Sta10)
        {
            await AnswerReleaseAsync().ConfigureAwait(false);
        }
    }

    private async Task AnswerReleaseAsync()
    {
        await _work.ConfigureAwait(false);
        if (this is IDicomServiceProvider provider)
        {
            await HandleAsync(provider.OnReceiveAssociationReleaseRequestAsync).ConfigureAwait(false);
        }
        else
        {
            await SendAssociationReleaseResponseAsync().ConfigureAwait(false);
        }
    }

    private async Task OnReleaseResponseAsync()
    {
        if (this is IDicomServiceUser user)
        {
            await user.OnReceiveAssociationReleaseResponseAsync().ConfigureAwait(false);
        }

        await MoveAsync(UpperLayerEvent.ReleaseResponsePdu).ConfigureAwait(false);
        if (_machine.State == UpperLayerState.Sta12)
        {
            // Both sides asked at once: the acceptor answers after it was answered.
            await AnswerReleaseAsync().ConfigureAwait(false);
        }
    }

    private Task OnAbortAsync(ReadOnlyMemory<byte> body)
    {
        var source = (DicomAbortSource)body.Span[2];
        var reason = source == DicomAbortSource.ServiceProvider ? (DicomAbortReason)body.Span[3] : DicomAbortReason.NotSpecified;
        if (_machine.TryMove(UpperLayerEvent.AbortPdu, otherwise: false, out UpperLayerAction action))
        {
            if ((action.Effects & UpperLayerEffects.IndicateAbort) != 0)
            {
                IndicateAbort(source, reason);
            }

            CloseTransport();
        }

        return Task.CompletedTask;
    }

    /// <summary>Moves by an event of the network; one that table 9-10 has no action for changes nothing.</summary>
    private async Task MoveAsync(
        UpperLayerEvent occurred, bool otherwise = false, DicomAbortReason reason = DicomAbortReason.NotSpecified)
    {
        if (_machine.TryMove(occurred, otherwise, out UpperLayerAction action))
        {
            await ApplyAsync(action, default, reason).ConfigureAwait(false);
        }
    }

    /// <summary>Moves by a request of our user and sends its PDU.</summary>
    /// <exception cref="DicomNetworkException">The state does not allow it.</exception>
    private async Task RequireAsync(UpperLayerEvent occurred, ReadOnlyMemory<byte> pdu)
    {
        UpperLayerState state = _machine.State;
        if (!_machine.TryMove(occurred, otherwise: false, out UpperLayerAction action))
        {
            throw new DicomNetworkException($"{occurred} is not possible in state {state} of the association (PS3.8 table 9-10).");
        }

        await ApplyAsync(action, pdu, DicomAbortReason.NotSpecified).ConfigureAwait(false);
    }

    /// <summary>Carries out the effects of an action that are the same for all events; indications are the caller's.</summary>
    private async Task ApplyAsync(UpperLayerAction action, ReadOnlyMemory<byte> pdu, DicomAbortReason reason)
    {
        UpperLayerEffects effects = action.Effects;
        if ((effects & UpperLayerEffects.StopArtim) != 0)
        {
            Volatile.Write(ref _artimEnd, 0);
        }

        if ((effects & UpperLayerEffects.StartArtim) != 0)
        {
            StartArtim();
        }

        if ((effects & UpperLayerEffects.SendProviderAbort) != 0)
        {
            pdu = PduBuilder.Small(PduType.Abort, 0, (byte)DicomAbortSource.ServiceProvider, (byte)reason);
        }
        else if ((effects & UpperLayerEffects.SendUserAbort) != 0 && pdu.IsEmpty)
        {
            pdu = PduBuilder.Small(PduType.Abort);
        }

        if (!pdu.IsEmpty)
        {
            await WritePduAsync(pdu).ConfigureAwait(false);
        }

        if ((effects & UpperLayerEffects.IndicateAbort) != 0)
        {
            IndicateAbort(DicomAbortSource.ServiceProvider, reason);
        }

        if ((effects & UpperLayerEffects.Close) != 0)
        {
            CloseTransport();
        }
    }

    private void IndicateAbort(DicomAbortSource source, DicomAbortReason reason)
    {
        try
        {
            (this as IDicomService)?.OnReceiveAbort(source, reason);
        }
        catch (Exception exception)
        {
            Logger.LogError("OnReceiveAbort threw {Kind}", exception.GetType().Name);
        }
    }

    private void StartArtim()
    {
        TimeSpan time = _machine.State == UpperLayerState.Sta2 ? Limits.AssociateTimeout : Limits.CloseTimeout;
        Volatile.Write(ref _artimEnd, Environment.TickCount64 + (long)time.TotalMilliseconds);
    }

    private async ValueTask WritePduAsync(ReadOnlyMemory<byte> pdu)
    {
        await _pduTurn.WaitAsync(_closing.Token).ConfigureAwait(false);
        try
        {
            Volatile.Write(ref _writeSince, Environment.TickCount64);
            await _stream.WriteAsync(pdu).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new DicomNetworkException("The connection is closed.", exception);
        }
        finally
        {
            Volatile.Write(ref _writeSince, 0);
            Volatile.Write(ref _lastWrite, Environment.TickCount64);
            _pduTurn.Release();
        }
    }

    private void WritePdu(ReadOnlySpan<byte> pdu)
    {
        _pduTurn.Wait(_closing.Token);
        try
        {
            Volatile.Write(ref _writeSince, Environment.TickCount64);
            _stream.Write(pdu);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new DicomNetworkException("The connection is closed.", exception);
        }
        finally
        {
            Volatile.Write(ref _writeSince, 0);
            Volatile.Write(ref _lastWrite, Environment.TickCount64);
            _pduTurn.Release();
        }
    }

    /// <summary>Runs a handler; while it does, the peer is not held to be silent.</summary>
    private async Task HandleAsync(Func<Task> handler)
    {
        Interlocked.Increment(ref _isHandling);
        try
        {
            await handler().ConfigureAwait(false);
        }
        finally
        {
            _reader.Touch();
            Interlocked.Decrement(ref _isHandling);
        }
    }

    /// <summary>The timers of the association, looked at a few times a second.</summary>
    private void OnWatch()
    {
        try
        {
            long now = Environment.TickCount64;
            long artimEnd = Volatile.Read(ref _artimEnd);
            long writeSince = Volatile.Read(ref _writeSince);
            if (writeSince != 0 && now - writeSince > Limits.IdleTimeout.TotalMilliseconds)
            {
                Logger.LogWarning("{Host} does not take what we send", _network.RemoteHost);
                CloseTransport();
            }
            else if (_machine.State is UpperLayerState.Sta2 or UpperLayerState.Sta13)
            {
                if (artimEnd != 0 && now > artimEnd)
                {
                    _ = MoveAsync(UpperLayerEvent.ArtimExpired);
                }
            }
            else if (IsAcceptor && Volatile.Read(ref _isHandling) == 0 && IsOverdue(now))
            {
                _ = AbortSilentlyAsync();
            }

            CheckRequestTimeouts(now);
        }
        catch (Exception exception)
        {
            Logger.LogError("Timer of an association threw {Kind}", exception.GetType().Name);
        }
    }

    /// <summary>The peer owes us a request or a response; not so while the handler of a query has nothing outstanding.</summary>
    private bool IsPeersTurn => _work.IsCompleted || !_pending.IsEmpty;

    private bool IsOverdue(long now) =>
        (IsPeersTurn && now - Math.Max(_reader.Since, Volatile.Read(ref _lastWrite)) > Limits.IdleTimeout.TotalMilliseconds)
        || now - _started > Limits.AssociationLife.TotalMilliseconds;

    private async Task AbortSilentlyAsync()
    {
        try
        {
            await SendAbortAsync(DicomAbortSource.ServiceProvider, DicomAbortReason.NotSpecified).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Logger.LogDebug("Abort could not be sent: {Kind}", exception.GetType().Name);
            CloseTransport();
        }
    }
}
