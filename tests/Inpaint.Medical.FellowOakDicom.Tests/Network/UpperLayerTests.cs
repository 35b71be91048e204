using FellowOakDicom.Network;
using FellowOakDicom.Network.UpperLayer;

namespace FellowOakDicom.Tests.Network;

/// <summary>The protocol machine, association PDUs, command sets and fragments without a network.</summary>
public sealed class UpperLayerTests
{
    [Fact]
    public void EveryPduOrClosedConnectionHasAnActionWhileAConnectionIsOpen()
    {
        UpperLayerState[] open = [.. Enum.GetValues<UpperLayerState>().Except([UpperLayerState.Sta1, UpperLayerState.Sta4])];
        UpperLayerEvent[] fromPeer =
        [
            UpperLayerEvent.AssociateAcceptPdu, UpperLayerEvent.AssociateRejectPdu, UpperLayerEvent.AssociateRequestPdu,
            UpperLayerEvent.DataPdu, UpperLayerEvent.ReleaseRequestPdu, UpperLayerEvent.ReleaseResponsePdu, UpperLayerEvent.AbortPdu,
            UpperLayerEvent.TransportClosed, UpperLayerEvent.InvalidPdu,
        ];
        foreach (UpperLayerState state in open)
        {
            foreach (UpperLayerEvent occurred in fromPeer)
            {
                Assert.True(UpperLayerTable.TryGetAction(state, occurred, out _), $"{state} {occurred}");
            }
        }
    }

    [Fact]
    public void EveryActionIsUsedAndEveryStateReached()
    {
        var used = new HashSet<string>();
        var reached = new HashSet<UpperLayerState>();
        foreach (UpperLayerState state in Enum.GetValues<UpperLayerState>())
        {
            foreach (UpperLayerEvent occurred in Enum.GetValues<UpperLayerEvent>())
            {
                if (UpperLayerTable.TryGetAction(state, occurred, out UpperLayerAction action))
                {
                    used.Add(action.Name);
                    reached.Add(action.Next);
                    reached.Add(action.Otherwise == 0 ? action.Next : action.Otherwise);
                }
            }
        }

        Assert.Equal(UpperLayerTable.Actions.Select(action => action.Name).Order(), used.Order());
        Assert.Equal(Enum.GetValues<UpperLayerState>().Order(), reached.Order());
    }

    [Theory]
    [InlineData("requestor", "AssociateRequest TransportConfirmed AssociateAcceptPdu DataRequest DataPdu ReleaseRequest DataPdu ReleaseResponsePdu")]
    [InlineData("acceptor", "TransportIndicated AssociateRequestPdu AcceptResponse DataPdu DataRequest ReleaseRequestPdu DataRequest ReleaseResponse TransportClosed")]
    [InlineData("rejected", "AssociateRequest TransportConfirmed AssociateRejectPdu")]
    [InlineData("rejecting", "TransportIndicated AssociateRequestPdu RejectResponse ArtimExpired")]
    [InlineData("collision, requestor", "AssociateRequest TransportConfirmed AssociateAcceptPdu ReleaseRequest ReleaseRequestPdu ReleaseResponse ReleaseResponsePdu")]
    [InlineData("garbage", "TransportIndicated InvalidPdu InvalidPdu AbortPdu")]
    public void WholeAssociationsEndIdle(string what, string events)
    {
        var machine = new UpperLayerMachine();
        foreach (string name in events.Split(' '))
        {
            Assert.True(machine.TryMove(Enum.Parse<UpperLayerEvent>(name), otherwise: false, out _), $"{what}: {name} in {machine.State}");
        }

        Assert.Equal(UpperLayerState.Sta1, machine.State);
    }

    [Fact]
    public void AcceptorOfAReleaseCollisionTakesTheOtherState()
    {
        var machine = new UpperLayerMachine();
        foreach (UpperLayerEvent occurred in new[]
        {
            UpperLayerEvent.TransportIndicated, UpperLayerEvent.AssociateRequestPdu, UpperLayerEvent.AcceptResponse, UpperLayerEvent.ReleaseRequest,
        })
        {
            Assert.True(machine.TryMove(occurred, otherwise: false, out _));
        }

        Assert.True(machine.TryMove(UpperLayerEvent.ReleaseRequestPdu, otherwise: true, out _));
        Assert.Equal(UpperLayerState.Sta10, machine.State);
        Assert.True(machine.TryMove(UpperLayerEvent.ReleaseResponsePdu, otherwise: false, out _));
        Assert.Equal(UpperLayerState.Sta12, machine.State);
    }

    [Fact]
    public void AssociationRequestSurvivesTheWire()
    {
        var sent = new DicomAssociation("CALLING", "CALLED") { MaxAsyncOpsInvoked = 7, MaxAsyncOpsPerformed = 3 };
        sent.PresentationContexts.Add(DicomUID.CTImageStorage, DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.RLELossless);
        sent.PresentationContexts.Add(DicomUID.MRImageStorage, false, true, DicomTransferSyntax.ImplicitVRLittleEndian);
        sent.ExtendedNegotiations.Add(
            DicomUID.StudyRootQueryRetrieveInformationModelFind, new DicomServiceApplicationInfo([1, 0, 1]));
        sent.ExtendedNegotiations.Add(new DicomExtendedNegotiation(
            DicomUID.CTImageStorage, new DicomUID("1.2.840.10008.4.2", "Storage Service Class", DicomUidType.ServiceClass), DicomUID.MRImageStorage));
        sent.UserIdentityNegotiation = new DicomUserIdentityNegotiation
        {
            UserIdentityType = DicomUserIdentityType.Jwt, PrimaryField = "token", PositiveResponseRequested = true,
        };

        DicomAssociation read = AssociatePdu.ReadRequest(
            AssociatePdu.WriteRequest(sent, 65536).AsSpan(6), UpperLayerLimits.Default, out AssociateRefusal? refusal, out bool hasAsyncOps);

        Assert.Null(refusal);
        Assert.True(hasAsyncOps);
        Assert.Equal(("CALLING", "CALLED", 65536u), (read.CallingAE, read.CalledAE, read.MaximumPDULength));
        Assert.Equal((7, 3), (read.MaxAsyncOpsInvoked, read.MaxAsyncOpsPerformed));
        Assert.Equal(DicomImplementation.ClassUID, read.RemoteImplementationClassUID);
        Assert.Equal([1, 3], read.PresentationContexts.Select(context => (int)context.ID));
        Assert.Equal(
            [DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.RLELossless], read.PresentationContexts[1].GetTransferSyntaxes());
        Assert.Equal((false, true), (read.PresentationContexts[3].UserRole, read.PresentationContexts[3].ProviderRole));
        Assert.Equal([1, 0, 1], read.ExtendedNegotiations.First().RequestedApplicationInfo.GetValues());
        Assert.Equal([DicomUID.MRImageStorage], read.ExtendedNegotiations.Last().RelatedGeneralSopClasses);
        Assert.Equal("token", read.UserIdentityNegotiation.PrimaryField);
    }

    [Fact]
    public void AssociationAnswerIsTakenOver()
    {
        var requested = new DicomAssociation("A", "B");
        requested.PresentationContexts.Add(DicomUID.CTImageStorage, DicomTransferSyntax.ExplicitVRLittleEndian);
        requested.PresentationContexts.Add(DicomUID.MRImageStorage, DicomTransferSyntax.ExplicitVRLittleEndian);
        DicomAssociation seen = AssociatePdu.ReadRequest(
            AssociatePdu.WriteRequest(requested, 16384).AsSpan(6), UpperLayerLimits.Default, out _, out _);
        seen.PresentationContexts[1].AcceptTransferSyntaxes(DicomTransferSyntax.ExplicitVRLittleEndian);
        seen.PresentationContexts[3].SetResult(DicomPresentationContextResult.RejectAbstractSyntaxNotSupported);

        AssociatePdu.ReadAccept(AssociatePdu.WriteAccept(seen, 32768, false).AsSpan(6), UpperLayerLimits.Default, requested);

        Assert.Equal(32768u, requested.MaximumPDULength);
        Assert.Equal(DicomTransferSyntax.ExplicitVRLittleEndian, requested.PresentationContexts[1].AcceptedTransferSyntax);
        Assert.Equal(DicomPresentationContextResult.RejectAbstractSyntaxNotSupported, requested.PresentationContexts[3].Result);
    }

    [Fact]
    public void OrderOfTheRequestorDecidesUnlessTheProviderAsks()
    {
        var context = new DicomPresentationContext(1, DicomUID.CTImageStorage);
        context.AddTransferSyntax(DicomTransferSyntax.ImplicitVRLittleEndian);
        context.AddTransferSyntax(DicomTransferSyntax.ExplicitVRLittleEndian);
        DicomTransferSyntax[] ours = [DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian];

        Assert.True(context.AcceptTransferSyntaxes(ours));
        Assert.Equal(DicomTransferSyntax.ImplicitVRLittleEndian, context.AcceptedTransferSyntax);

        var other = new DicomPresentationContext(1, DicomUID.CTImageStorage);
        other.AddTransferSyntax(DicomTransferSyntax.ImplicitVRLittleEndian);
        other.AddTransferSyntax(DicomTransferSyntax.ExplicitVRLittleEndian);
        Assert.True(other.AcceptTransferSyntaxes(ours, scpPriority: true));
        Assert.Equal(DicomTransferSyntax.ExplicitVRLittleEndian, other.AcceptedTransferSyntax);
        Assert.False(new DicomPresentationContext(3, DicomUID.CTImageStorage).AcceptTransferSyntaxes(ours));
    }

    [Fact]
    public void StoreProposesOwnSyntaxThenOthersWithImplicit()
    {
        var contexts = new DicomPresentationContextCollection();
        var request = new DicomCStoreRequest(Objects.Ct()) { AdditionalTransferSyntaxes = [DicomTransferSyntax.RLELossless] };

        contexts.AddFromRequest(request);
        contexts.AddFromRequest(new DicomCStoreRequest(Objects.Ct()) { AdditionalTransferSyntaxes = [DicomTransferSyntax.RLELossless] });
        contexts.AddFromRequest(new DicomCEchoRequest());

        Assert.Equal(3, contexts.Count);
        Assert.Equal([DicomTransferSyntax.ExplicitVRLittleEndian], contexts[1].GetTransferSyntaxes());
        Assert.Equal([DicomTransferSyntax.RLELossless, DicomTransferSyntax.ImplicitVRLittleEndian], contexts[3].GetTransferSyntaxes());
        Assert.Equal(DicomUID.Verification, contexts[5].AbstractSyntax);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(1000)]
    public async Task FragmentsAreEvenFitThePduAndOnlyTheLastIsMarked(int length)
    {
        var sink = new CollectingSink();
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        await using (var stream = new PDataStream(sink, 5, isCommand: false, maximumPduLength: 16))
        {
            await stream.WriteAsync(content.AsMemory(0, length / 3));
            stream.Write(content.AsSpan(length / 3));
            await stream.CompleteAsync();
        }

        byte[] padded = length % 2 == 0 ? content : [.. content, 0];
        Assert.Equal(padded, sink.Pdus.SelectMany(pdu => pdu[12..]));
        Assert.All(sink.Pdus, pdu => Assert.Equal((4, 0, 5), (pdu[0], pdu.Length % 2, pdu[10])));
        Assert.All(sink.Pdus, pdu => Assert.InRange(pdu.Length, 12, 6 + 16));
        Assert.All(sink.Pdus.SkipLast(1), pdu => Assert.Equal(0, pdu[11]));
        Assert.Equal(2, sink.Pdus[^1][11]);
    }

    [Fact]
    public void CommandSetSurvivesTheWire()
    {
        var request = new DicomCMoveRequest("DEST", "1.2.3", "1.2.3.4");

        DicomDataset read = CommandSet.Read(CommandSet.Write(request.Command));

        var received = Assert.IsType<DicomCMoveRequest>(DicomMessages.Create(read));
        Assert.Equal(("DEST", request.MessageID, true), (received.DestinationAE, received.MessageID, received.HasDataset));
        Assert.Equal(DicomUID.StudyRootQueryRetrieveInformationModelMove, received.SOPClassUID);
    }

    [Theory]
    [InlineData(0x0000, DicomState.Success, "Success")]
    [InlineData(0xA7A1, DicomState.Failure, "Out of Resources")]
    [InlineData(0xC123, DicomState.Failure, "Cannot understand")]
    [InlineData(0xB007, DicomState.Warning, "Data Set does not match SOP Class (Warning)")]
    [InlineData(0xBABE, DicomState.Warning, "Warning Class")]
    [InlineData(0xFF01, DicomState.Pending, "Optional Keys Not Supported")]
    [InlineData(0xFE00, DicomState.Cancel, "Cancel")]
    public void StatusLookupKeepsTheCode(int code, DicomState state, string description)
    {
        DicomStatus status = DicomStatus.Lookup((ushort)code);

        Assert.Equal((code, state, description), (status.Code, status.State, status.Description));
    }

    [Fact]
    public void UnknownStatusIsAProcessingFailure()
    {
        Assert.Equal(DicomStatus.ProcessingFailure, DicomStatus.Lookup(0x7777));
        Assert.Equal(0xA700, DicomStatus.StorageStorageOutOfResources.Code);
        Assert.Equal("why", new DicomStatus(DicomStatus.ProcessingFailure, "why").ErrorComment);
        Assert.True(new DicomStatus(DicomStatus.ProcessingFailure, "why") == DicomStatus.ProcessingFailure);
    }

    [Fact]
    public void OptionsHaveTheDocumentedDefaults()
    {
        var service = new DicomServiceOptions();
        Assert.Equal((1024u, 1024u * 1024, 262144u), (service.MaxCommandBuffer, service.MaxDataBuffer, service.MaxPDULength));
        Assert.True(service.TcpNoDelay);
        Assert.Null(service.RequestTimeout);
        var client = new FellowOakDicom.Network.Client.DicomClientOptions();
        Assert.Equal(
            (5000, 10000, 50, null, 3),
            (client.AssociationRequestTimeoutInMs, client.AssociationReleaseTimeoutInMs, client.AssociationLingerTimeoutInMs,
                client.MaximumNumberOfRequestsPerAssociation, client.MaximumNumberOfConsecutiveTimedOutAssociationRequests));
        Assert.Equal(0, new DicomServerOptions().MaxClientsAllowed);
    }

    private sealed class CollectingSink : IPduSink
    {
        internal List<byte[]> Pdus { get; } = [];

        public ValueTask SendAsync(ReadOnlyMemory<byte> pdu)
        {
            Pdus.Add(pdu.ToArray());
            return ValueTask.CompletedTask;
        }

        public void Send(ReadOnlySpan<byte> pdu) => Pdus.Add(pdu.ToArray());
    }
}
