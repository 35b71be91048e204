using System.Net.Sockets;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;
using FellowOakDicom.Network.UpperLayer;

namespace FellowOakDicom.Tests.Network;

/// <summary>How SendAsync ends, as documented for fo-dicom.</summary>
[Collection(NetworkCollection.Name)]
public sealed class ClientOutcomeTests
{
    [Fact]
    public async Task EchoSucceeds()
    {
        using var loopback = new Loopback();

        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
        await Eventually.IsTrue(() => loopback.State.Closed.Count == 1);
        Assert.Null(Assert.Single(loopback.State.Closed));
    }

    [Fact]
    public async Task RejectionThrowsWithResultSourceAndReason()
    {
        using var loopback = new Loopback(new TestScpState
        {
            OnAssociation = (_, scp) => scp.RejectAsync(
                DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.CalledAENotRecognized),
        });
        IDicomClient client = loopback.Client();
        await client.AddRequestAsync(new DicomCEchoRequest());
        DicomRejectReason? raised = null;
        client.AssociationRejected += (_, args) => raised = args.Reason;

        var error = await Assert.ThrowsAsync<DicomAssociationRejectedException>(() => client.SendAsync());

        Assert.Equal(DicomRejectResult.Permanent, error.RejectResult);
        Assert.Equal(DicomRejectSource.ServiceUser, error.RejectSource);
        Assert.Equal(DicomRejectReason.CalledAENotRecognized, error.RejectReason);
        Assert.Equal(DicomRejectReason.CalledAENotRecognized, raised);
    }

    [Fact]
    public async Task TransientRejectionIsTransient()
    {
        using var loopback = new Loopback(new TestScpState
        {
            OnAssociation = (_, scp) => scp.RejectAsync(
                DicomRejectResult.Transient, DicomRejectSource.ServiceProviderPresentation, DicomRejectReason.TemporaryCongestion),
        });

        var error = await Assert.ThrowsAsync<DicomAssociationRejectedException>(() => loopback.EchoAsync());

        Assert.Equal(DicomRejectResult.Transient, error.RejectResult);
        Assert.Equal(DicomRejectReason.TemporaryCongestion, error.RejectReason);
    }

    [Fact]
    public async Task AbortOfThePeerThrows()
    {
        TestScp? service = null;
        var state = new TestScpState();
        state.OnAssociation = (association, scp) =>
        {
            service = scp;
            return scp.AcceptAsync(association);
        };
        state.OnEcho = async _ =>
        {
            await service!.AbortAsync();
            return DicomStatus.Success;
        };
        using var loopback = new Loopback(state);

        var error = await Assert.ThrowsAsync<DicomAssociationAbortedException>(() => loopback.EchoAsync());

        Assert.Equal(DicomAbortSource.ServiceUser, error.AbortSource);
    }

    [Fact]
    public async Task HandlerThatThrowsClosesTheConnectionAndNothingElse()
    {
        var state = new TestScpState { OnEcho = _ => throw new InvalidOperationException("broken handler") };
        using var loopback = new Loopback(state);

        await Assert.ThrowsAsync<ConnectionClosedPrematurelyException>(() => loopback.EchoAsync());

        state.OnEcho = _ => Task.FromResult(DicomStatus.Success);
        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
        await Eventually.IsTrue(() => state.Closed.Count == 2);
        Assert.Contains(state.Closed, exception => exception is InvalidOperationException);
    }

    [Fact]
    public async Task RefusedConnectionThrowsAggregateException()
    {
        IDicomClient client = DicomClientFactory.Create("127.0.0.1", Loopback.FreePort(), null, "SCU", "SCP");
        await client.AddRequestAsync(new DicomCEchoRequest());

        var error = await Assert.ThrowsAsync<AggregateException>(() => client.SendAsync());

        Assert.Contains(error.Flatten().InnerExceptions, inner => inner is SocketException);
    }

    [Fact]
    public void LongAeTitleIsRefusedAtOnce()
    {
        Assert.Throws<ArgumentException>(() => DicomClientFactory.Create("127.0.0.1", 104, null, "SEVENTEENLETTERS1", "SCP"));
        Assert.Throws<ArgumentException>(() => DicomClientFactory.Create("127.0.0.1", 104, null, "SCU", "SEVENTEENLETTERS1"));
    }

    [Fact]
    public async Task RequestTimeoutReturnsNormallyAndFiresBothEvents()
    {
        var state = new TestScpState
        {
            OnEcho = async _ =>
            {
                await Task.Delay(3000);
                return DicomStatus.Success;
            },
        };
        using var loopback = new Loopback(state);
        IDicomClient client = loopback.Client();
        client.ServiceOptions.RequestTimeout = TimeSpan.FromMilliseconds(500);
        int onRequest = 0;
        int onClient = 0;
        bool answered = false;
        await client.AddRequestAsync(new DicomCEchoRequest
        {
            OnTimeout = (_, args) => onRequest += args.Timeout.TotalMilliseconds == 500 ? 1 : 0,
            OnResponseReceived = (_, _) => answered = true,
        });
        client.RequestTimedOut += (_, _) => onClient++;
        client.ClientOptions.AssociationReleaseTimeoutInMs = 200;

        await client.SendAsync();

        Assert.Equal(1, onRequest);
        Assert.Equal(1, onClient);
        Assert.False(answered);
    }

    [Fact]
    public async Task CancellationReturnsNormally()
    {
        var state = new TestScpState
        {
            OnEcho = async _ =>
            {
                await Task.Delay(2000);
                return DicomStatus.Success;
            },
        };
        using var loopback = new Loopback(state);
        foreach (DicomClientCancellationMode mode in Enum.GetValues<DicomClientCancellationMode>())
        {
            IDicomClient client = loopback.Client();
            client.ClientOptions.AssociationReleaseTimeoutInMs = 300;
            await client.AddRequestAsync(new DicomCEchoRequest());
            using var cancel = new CancellationTokenSource(300);

            await client.SendAsync(cancel.Token, mode).WaitAsync(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task RequestWithoutAcceptedContextIsAnsweredLocally()
    {
        var state = new TestScpState
        {
            OnAssociation = (association, scp) =>
            {
                foreach (DicomPresentationContext context in association.PresentationContexts)
                {
                    context.SetResult(DicomPresentationContextResult.RejectAbstractSyntaxNotSupported);
                }

                return scp.AcceptAsync(association);
            },
            Syntaxes = [],
        };
        using var loopback = new Loopback(state);

        Assert.Equal(0x0122, (await loopback.EchoAsync()).Code);
    }

    [Fact]
    public async Task UnansweredAssociationRequestsAreTriedThreeTimes()
    {
        var state = new TestScpState { OnAssociation = (_, _) => Task.CompletedTask };
        using var loopback = new Loopback(state);
        IDicomClient client = loopback.Client();
        client.ClientOptions.AssociationRequestTimeoutInMs = 200;
        var attempts = new List<int>();
        client.AssociationRequestTimedOut += (_, args) => attempts.Add(args.Attempt);
        await client.AddRequestAsync(new DicomCEchoRequest());

        await Assert.ThrowsAsync<DicomAssociationRequestTimedOutException>(() => client.SendAsync());

        Assert.Equal([1, 2, 3], attempts);
        Assert.True(client.IsSendRequired);
    }

    [Fact]
    public async Task ExceptionInACallbackIsSwallowed()
    {
        using var loopback = new Loopback();

        await loopback.SendAsync(
            new DicomCEchoRequest { OnResponseReceived = (_, _) => throw new InvalidOperationException() }, new DicomCEchoRequest());
    }

    [Fact]
    public async Task RequestsPerAssociationAreLimited()
    {
        using var loopback = new Loopback();
        IDicomClient client = loopback.Client();
        client.ClientOptions.MaximumNumberOfRequestsPerAssociation = 2;
        int answered = 0;
        await client.AddRequestsAsync(Enumerable.Range(0, 5).Select(_ => new DicomCEchoRequest
        {
            OnResponseReceived = (_, _) => Interlocked.Increment(ref answered),
        }));

        await client.SendAsync();

        Assert.Equal(5, answered);
        Assert.Equal(3, loopback.State.Associations.Count);
    }

    [Fact]
    public async Task RequestAddedWhileSendingGoesOnTheSameAssociation()
    {
        using var loopback = new Loopback();
        IDicomClient client = loopback.Client();
        client.ClientOptions.AssociationLingerTimeoutInMs = 500;
        bool second = false;
        await client.AddRequestAsync(new DicomCEchoRequest
        {
            OnResponseReceived = (_, _) => client.AddRequestAsync(new DicomCEchoRequest { OnResponseReceived = (_, _) => second = true }),
        });

        await client.SendAsync();

        Assert.True(second);
        Assert.Single(loopback.State.Associations);
    }

    [Fact]
    public async Task AsyncOperationsAreNegotiatedAndAllAnswered()
    {
        using var loopback = new Loopback();
        IDicomClient client = loopback.Client();
        client.NegotiateAsyncOps(10, 1);
        int answered = 0;
        await client.AddRequestsAsync(Enumerable.Range(0, 50).Select(_ => new DicomCEchoRequest
        {
            OnResponseReceived = (_, _) => Interlocked.Increment(ref answered),
        }));

        await client.SendAsync();

        Assert.Equal(50, answered);
        Assert.Equal(10, Assert.Single(loopback.State.Associations).MaxAsyncOpsInvoked);
    }

    [Fact]
    public async Task UserIdentityReachesTheServerAndItsAnswerTheClient()
    {
        var state = new TestScpState
        {
            OnAssociation = (association, scp) =>
            {
                association.UserIdentityNegotiation.ServerResponse = "granted";
                return scp.AcceptAsync(association);
            },
        };
        using var loopback = new Loopback(state);
        IDicomClient client = loopback.Client();
        client.NegotiateUserIdentity(new DicomUserIdentityNegotiation
        {
            UserIdentityType = DicomUserIdentityType.UsernameAndPasscode,
            PrimaryField = "müller",
            SecondaryField = "secret",
            PositiveResponseRequested = true,
        });
        client.RequireSuccessfulUserIdentityNegotiation = true;
        string? response = null;
        client.AssociationAccepted += (_, args) => response = args.Association.UserIdentityNegotiation.ServerResponse;
        await client.AddRequestAsync(new DicomCEchoRequest());

        await client.SendAsync();

        DicomUserIdentityNegotiation seen = Assert.Single(state.Associations).UserIdentityNegotiation;
        Assert.Equal(("müller", "secret"), (seen.PrimaryField, seen.SecondaryField));
        Assert.Equal("granted", response);
    }

    [Fact]
    public async Task MissingUserIdentityAnswerEndsTheAssociation()
    {
        using var loopback = new Loopback();
        IDicomClient client = loopback.Client();
        client.NegotiateUserIdentity(new DicomUserIdentityNegotiation { PrimaryField = "u", PositiveResponseRequested = true });
        client.RequireSuccessfulUserIdentityNegotiation = true;
        await client.AddRequestAsync(new DicomCEchoRequest());

        await Assert.ThrowsAsync<DicomNetworkException>(() => client.SendAsync());
    }

    [Fact]
    public async Task SecondServerOnAPortThrows()
    {
        using var loopback = new Loopback();

        Assert.Throws<DicomNetworkException>(
            () => DicomServerFactory.Create<DicomCEchoProvider>(NetworkManager.IPv4Loopback, loopback.Port));
        Assert.False(DicomServerRegistry.IsAvailable(loopback.Port, NetworkManager.IPv4Loopback));
        Assert.Same(loopback.Server, DicomServerRegistry.Get(loopback.Port, NetworkManager.IPv4Loopback).DicomServer);
        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
    }

    [Fact]
    public void StoppedServerFreesItsPort()
    {
        var loopback = new Loopback();
        loopback.Dispose();

        Assert.False(loopback.Server.IsListening);
        using IDicomServer next = DicomServerFactory.Create<DicomCEchoProvider>(NetworkManager.IPv4Loopback, loopback.Port);
        Assert.True(next.IsListening, next.Exception?.Message);
    }

    [Fact]
    public async Task WaitingClientIsServedWhenAPlaceIsFree()
    {
        using var loopback = new Loopback(configure: options => options.MaxClientsAllowed = 1);
        RawPeer first = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);
        Task<DicomStatus> second = loopback.EchoAsync();
        await Task.Delay(300);
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        Assert.Equal(DicomStatus.Success, await second);
    }

    [Fact]
    public async Task ConnectionsWithoutAssociationTakeNoPlace()
    {
        using var loopback = new Loopback(configure: options => options.MaxClientsAllowed = 2);
        var silent = new List<RawPeer>();
        for (int i = 0; i < 20; i++)
        {
            silent.Add(await RawPeer.ConnectAsync(loopback.Port));
        }

        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
        foreach (RawPeer peer in silent)
        {
            await peer.DisposeAsync();
        }
    }

    [Fact]
    public async Task FloodOfRequestsOnAFullServerLeavesNothingBehind()
    {
        using var loopback = new Loopback(
            limits: UpperLayerLimits.Default with { HalfOpenConnections = 8 }, configure: options => options.MaxClientsAllowed = 1);
        await using RawPeer first = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);
        var waiting = new List<RawPeer>();
        for (int i = 0; i < 60; i++)
        {
            RawPeer peer = await RawPeer.ConnectAsync(loopback.Port);
            waiting.Add(peer);
            await peer.WriteAsync(RawPeer.Request(DicomUID.Verification));
        }

        await Eventually.IsTrue(() => loopback.Server.ServiceCount <= 9);
        await first.DisposeAsync();
        foreach (RawPeer peer in waiting)
        {
            await peer.DisposeAsync();
        }

        await Eventually.IsTrue(() => loopback.Server.ServiceCount == 0);
        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
    }
}
