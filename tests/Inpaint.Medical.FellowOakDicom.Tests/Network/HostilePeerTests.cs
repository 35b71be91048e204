using System.Buffers.Binary;
using System.Text;
using FellowOakDicom.Network;
using FellowOakDicom.Network.UpperLayer;

namespace FellowOakDicom.Tests.Network;

/// <summary>Peers that are broken or mean it: each is shut out, others are served, memory stays.</summary>
[Collection(NetworkCollection.Name)]
public sealed class HostilePeerTests
{
    private static readonly UpperLayerLimits Short = UpperLayerLimits.Default with
    {
        AssociateTimeout = TimeSpan.FromMilliseconds(600),
        IdleTimeout = TimeSpan.FromMilliseconds(900),
        CloseTimeout = TimeSpan.FromMilliseconds(300),
    };

    public static TheoryData<string, byte[]> Openings() => new()
    {
        { "HTTP", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
        { "TLS hello", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] },
        { "HL7 MLLP", Encoding.ASCII.GetBytes("\u000bMSH|^~\\&|A|B|C|D\r\u001c\r") },
        { "associate of 2 GiB", [1, 0, 0x7F, 0xFF, 0xFF, 0xFF] },
        { "associate of 4 GiB", [1, 0, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "associate of nothing", [1, 0, 0, 0, 0, 0] },
        { "data before association", [4, 0, 0, 0, 0, 0] },
        { "data of 2 GiB before association", [4, 0, 0x7F, 0xFF, 0xFF, 0xFF] },
        { "release before association", [5, 0, 0, 0, 0, 4, 0, 0, 0, 0] },
        { "abort", [7, 0, 0, 0, 0, 4, 0, 0, 0, 0] },
        { "zero type", new byte[64] },
    };

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task GarbageEndsItsOwnConnectionOnly(string what, byte[] bytes)
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer peer = await RawPeer.ConnectAsync(loopback.Port);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await peer.WriteAsync(bytes);

        byte type = await LastTypeAsync(peer);

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(type is 0 or 7, $"{what}: PDU type {type}");
        Assert.True(allocated < 4 << 20, $"{what}: {allocated} bytes allocated");
        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
        Assert.DoesNotContain(loopback.State.Associations, association => association.CallingAE == "RAW");
    }

    public static TheoryData<string, byte[], DicomAbortReason> DataPdus()
    {
        byte[] huge = [4, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0];
        byte[] command = CommandSet.Write(new DicomDataset { { DicomTag.CommandField, (ushort)0x30 }, { DicomTag.CommandDataSetType, (ushort)0x0101 } });
        return new()
        {
            { "length 2 GiB", huge, DicomAbortReason.InvalidPDUParameter },
            { "no PDV", RawPeer.Pdu(4), DicomAbortReason.InvalidPDUParameter },
            { "PDV length 0", RawPeer.Pdu(4, 0, 0, 0, 0, 1, 3), DicomAbortReason.InvalidPDUParameter },
            { "PDV length 1", RawPeer.Pdu(4, 0, 0, 0, 1, 1, 3), DicomAbortReason.InvalidPDUParameter },
            { "PDV longer than PDU", RawPeer.Pdu(4, 0, 0, 1, 0, 1, 3, 0, 0), DicomAbortReason.InvalidPDUParameter },
            { "PDV of 4 GiB", RawPeer.Pdu(4, 0xFF, 0xFF, 0xFF, 0xFE, 1, 3, 0, 0), DicomAbortReason.InvalidPDUParameter },
            { "odd PDV", RawPeer.Pdu(4, 0, 0, 0, 3, 1, 3, 0), DicomAbortReason.InvalidPDUParameter },
            { "unknown context", RawPeer.Pdu(4, RawPeer.Pdv(3, 3, command)), DicomAbortReason.InvalidPDUParameter },
            { "data set without command", RawPeer.Pdu(4, RawPeer.Pdv(1, 2, 0, 0)), DicomAbortReason.UnexpectedPDUParameter },
            { "broken command set", RawPeer.Pdu(4, RawPeer.Pdv(1, 3, 1, 2, 3, 4)), DicomAbortReason.InvalidPDUParameter },
            { "element past the end", RawPeer.Pdu(4, RawPeer.Pdv(1, 3, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0x7F)), DicomAbortReason.InvalidPDUParameter },
            { "element of another group", RawPeer.Pdu(4, RawPeer.Pdv(1, 3, 8, 0, 5, 0, 0, 0, 0, 0)), DicomAbortReason.InvalidPDUParameter },
            { "command without field", RawPeer.Pdu(4, RawPeer.Pdv(1, 3, CommandSet.Write(new DicomDataset { { DicomTag.MessageID, (ushort)1 } }))), DicomAbortReason.InvalidPDUParameter },
            { "second association request", RawPeer.Request(DicomUID.Verification), DicomAbortReason.UnexpectedPDU },
            { "association answer", [2, 0, 0, 0, 0, 4, 0, 1, 0, 0], DicomAbortReason.UnexpectedPDU },
            { "unknown type", [9, 0, 0, 0, 0, 0], DicomAbortReason.UnrecognizedPDU },
            { "release of wrong length", [5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0], DicomAbortReason.InvalidPDUParameter },
        };
    }

    [Theory]
    [MemberData(nameof(DataPdus))]
    public async Task InvalidPduOnAnAssociationIsAborted(string what, byte[] pdu, DicomAbortReason reason)
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);
        await peer.WriteAsync(pdu);

        (byte type, byte[] body) = await peer.ReadAsync();

        Assert.True(type == 7, $"{what}: PDU type {type}");
        Assert.Equal(((byte)DicomAbortSource.ServiceProvider, (byte)reason), (body[2], body[3]));
        await Eventually.IsTrue(() => loopback.State.Aborts.Count == 1);
        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
    }

    [Fact]
    public async Task FloodOfEmptyFragmentsIsAborted()
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.CTImageStorage);
        await peer.SendStoreAsync([0, 0], isLast: false);
        byte[] empty = [.. Enumerable.Range(0, 100).SelectMany(_ => RawPeer.Pdv(1, 0))];

        await peer.WriteAsync(RawPeer.Pdu(4, empty));

        Assert.Equal(7, (await peer.ReadAsync()).Type);
    }

    [Fact]
    public async Task EndlessCommandSetIsAborted()
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);

        for (int i = 0; i < 5; i++)
        {
            await peer.WriteAsync(RawPeer.Pdu(4, RawPeer.Pdv(1, 1, new byte[4096])));
        }

        Assert.Equal(7, (await peer.ReadAsync()).Type);
    }

    [Fact]
    public async Task ReleaseInsideAMessageIsAborted()
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.CTImageStorage);
        await peer.SendStoreAsync([0, 0], isLast: false);

        await peer.WriteAsync(5, 0, 0, 0, 0, 4, 0, 0, 0, 0);

        (byte type, byte[] body) = await peer.ReadAsync();
        Assert.Equal((7, (byte)DicomAbortReason.UnexpectedPDU), (type, body[3]));
    }

    [Theory]
    [InlineData("", "SCP", DicomRejectReason.CallingAENotRecognized)]
    [InlineData("RAW", "", DicomRejectReason.CalledAENotRecognized)]
    [InlineData("A\\B", "SCP", DicomRejectReason.CallingAENotRecognized)]
    [InlineData("A\nB", "SCP", DicomRejectReason.CallingAENotRecognized)]
    [InlineData("RAW", "S\0P", DicomRejectReason.CalledAENotRecognized)]
    [InlineData("RAW", "SCP\u007f", DicomRejectReason.CalledAENotRecognized)]
    public async Task ImpossibleAeTitleIsRejected(string calling, string called, DicomRejectReason reason)
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer peer = await RawPeer.ConnectAsync(loopback.Port);
        await peer.WriteAsync(RawPeer.Request(DicomUID.Verification, calling, called));

        (byte type, byte[] body) = await peer.ReadAsync();

        Assert.Equal(3, type);
        Assert.Equal((1, 1, (byte)((int)reason & 0xF)), (body[1], body[2], body[3]));
        Assert.Empty(loopback.State.Associations);
    }

    [Fact]
    public async Task WrongProtocolVersionAndApplicationContextAreRejected()
    {
        using var loopback = new Loopback(limits: Short);
        byte[] version = RawPeer.Request(DicomUID.Verification);
        version[7] = 2;
        byte[] context = RawPeer.Request(DicomUID.Verification);
        context[6 + 68 + 4] = (byte)'9';
        foreach ((byte[] pdu, int source, int reason) in new[] { (version, 2, 2), (context, 1, 2) })
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(loopback.Port);
            await peer.WriteAsync(pdu);

            (byte type, byte[] body) = await peer.ReadAsync();

            Assert.Equal((3, source, reason), (type, body[2], body[3]));
        }
    }

    [Fact]
    public async Task TooManyContextsCannotBeProposed()
    {
        using var loopback = new Loopback(limits: Short);
        var association = new DicomAssociation("RAW", "SCP");
        for (int i = 0; i < 128; i++)
        {
            association.PresentationContexts.Add(
                new DicomUID($"1.2.3.{i}", "class", DicomUidType.SOPClass), DicomTransferSyntax.ImplicitVRLittleEndian);
        }

        Assert.Throws<DicomNetworkException>(
            () => association.PresentationContexts.Add(DicomUID.Verification, DicomTransferSyntax.ImplicitVRLittleEndian));
        byte[] most = AssociatePdu.WriteRequest(association, 16384);
        await using (RawPeer peer = await RawPeer.ConnectAsync(loopback.Port))
        {
            await peer.WriteAsync(most);
            Assert.Equal(2, (await peer.ReadAsync()).Type);
        }

        // One context more can only repeat a number.
        byte[] context = most[(6 + 68 + 4 + 21)..][..(4 + 4 + 4 + 7 + 4 + 17)];
        byte[] body = [.. most[6..], .. context];
        await using RawPeer second = await RawPeer.ConnectAsync(loopback.Port);
        await second.WriteAsync(RawPeer.Pdu(1, body));
        Assert.Equal(7, (await second.ReadAsync()).Type);
    }

    [Fact]
    public async Task MutatedAssociationRequestsNeverBreakTheReader()
    {
        byte[] good = RawPeer.Request(DicomUID.CTImageStorage)[6..];
        var random = new Random(20261125);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(66, bytes.Length)] = (byte)random.Next(256);
            }

            Array.Resize(ref bytes, random.Next(10) == 0 ? random.Next(bytes.Length) : bytes.Length);
            try
            {
                AssociatePdu.ReadRequest(bytes, UpperLayerLimits.Default, out _, out _);
            }
            catch (InvalidPduException)
            {
                // The one allowed refusal.
            }
        }

        await Task.CompletedTask;
    }

    [Fact]
    public async Task MutatedExchangesNeverBreakTheServer()
    {
        byte[] good =
        [
            .. RawPeer.Request(DicomUID.CTImageStorage),
            .. RawPeer.Store(DicomUID.CTImageStorage, 1, "1.2.3.4.5.6", [0x10, 0x00, 0x20, 0x00, (byte)'L', (byte)'O', 0x02, 0x00, (byte)'A', (byte)'B']),
            .. RawPeer.Pdu(5, 0, 0, 0, 0),
        ];
        using var loopback = new Loopback(limits: Short);
        var random = new Random(8);
        byte[][] exchanges = [.. Enumerable.Range(0, 1000).Select(_ =>
        {
            byte[] bytes = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            return bytes[..(random.Next(8) == 0 ? random.Next(bytes.Length) : bytes.Length)];
        })];

        await Parallel.ForEachAsync(exchanges, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (bytes, _) =>
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(loopback.Port);
            try
            {
                await peer.WriteAsync(bytes);
                while ((await peer.ReadAsync(1)).Type is not (0 or 6))
                {
                    // Whatever the server has to say.
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // Shut out, or the server waits for the rest.
            }
        });

        await Eventually.IsTrue(() => loopback.Server.ServiceCount == 0);
        Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
    }

    [Fact]
    public async Task NestedSequenceBombIsAnsweredAndTheAssociationGoesOn()
    {
        byte[] open = [0x08, 0x00, 0x15, 0x11, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
        byte[] bomb = [.. Enumerable.Range(0, 5000).SelectMany(_ => open)];
        using var loopback = new Loopback();
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.CTImageStorage);

        for (int i = 0; i < 3; i++)
        {
            await peer.SendStoreAsync(bomb);
            Assert.Equal(0x0110, await peer.ReadStatusAsync());
        }

        await using RawPeer query = await RawPeer.AssociateAsync(loopback.Port, DicomUID.StudyRootQueryRetrieveInformationModelFind);
        DicomDataset command = new DicomCFindRequest(DicomQueryRetrieveLevel.Study).Command;
        await query.WriteAsync(RawPeer.Pdu(4, RawPeer.Pdv(1, 3, CommandSet.Write(command))));
        await query.WriteAsync(RawPeer.Pdu(4, RawPeer.Pdv(1, 2, bomb)));
        Assert.Equal(0x0110, await query.ReadStatusAsync());
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\Windows")]
    [InlineData("")]
    [InlineData("1.02.3")]
    public async Task PathLikeInstanceUidTouchesNoPath(string uid)
    {
        string? name = null;
        string? seen = null;
        var state = new TestScpState
        {
            OnStore = request =>
            {
                name = request.File.File.Name;
                seen = request.SOPInstanceUID?.UID;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.CTImageStorage);

        await peer.WriteAsync(RawPeer.Store(
            DicomUID.CTImageStorage, 1, uid, [0x10, 0x00, 0x20, 0x00, (byte)'L', (byte)'O', 0x02, 0x00, (byte)'A', (byte)'B']));

        Assert.Equal(0, await peer.ReadStatusAsync());
        // A backslash separates values, so that such a UID is two.
        Assert.Equal(uid.Length == 0 || uid.Contains('\\', StringComparison.Ordinal) ? null : uid, seen);
        Assert.Equal(Path.GetFullPath(FellowOakDicom.IO.TemporaryFile.StoragePath).TrimEnd('/'), Path.GetDirectoryName(name));
        Assert.Matches("^[0-9a-f]{32}\\.tmp$", Path.GetFileName(name));
    }

    [Fact]
    public async Task SilentPeersAreClosedByTimers()
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer silent = await RawPeer.ConnectAsync(loopback.Port);
        await using RawPeer half = await RawPeer.ConnectAsync(loopback.Port);
        await half.WriteAsync(1, 0, 0, 0);
        await using RawPeer idle = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);
        await using RawPeer inside = await RawPeer.AssociateAsync(loopback.Port, DicomUID.CTImageStorage);
        await inside.WriteAsync(4, 0, 0, 0, 0x10, 0, 0, 0);

        Assert.Equal(0, (await silent.ReadAsync(5)).Type);
        Assert.Equal(0, (await half.ReadAsync(5)).Type);
        Assert.Equal(7, (await idle.ReadAsync(5)).Type);
        Assert.Equal(7, (await inside.ReadAsync(5)).Type);
        await Eventually.IsTrue(() => loopback.Server.ServiceCount == 0);
    }

    [Fact]
    public async Task SlowLorisAtOneByteASecondIsAborted()
    {
        using var loopback = new Loopback(limits: Short);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);
        byte[] pdu = [4, 0, 0, 0, 0x10, 0];
        long start = Environment.TickCount64;
        try
        {
            for (int i = 0; i < 60 && loopback.State.Closed.IsEmpty; i++)
            {
                await peer.WriteAsync(pdu[Math.Min(i, pdu.Length - 1)]);
                await Task.Delay(200);
            }
        }
        catch (IOException)
        {
            // Shut out while writing.
        }

        Assert.True(Environment.TickCount64 - start < 6000);
        await Eventually.IsTrue(() => loopback.Server.ServiceCount == 0);
    }

    [Fact]
    public async Task FiveHundredSilentConnectionsDoNotKeepOthersOut()
    {
        using var loopback = new Loopback(configure: options => options.MaxClientsAllowed = 0);
        var silent = new List<RawPeer>();
        try
        {
            for (int i = 0; i < 500; i++)
            {
                silent.Add(await RawPeer.ConnectAsync(loopback.Port));
            }

            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(DicomStatus.Success, await loopback.EchoAsync());
            }

            await Eventually.IsTrue(() => loopback.Server.ServiceCount <= UpperLayerLimits.Default.HalfOpenConnections);
        }
        finally
        {
            foreach (RawPeer peer in silent)
            {
                await peer.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task PeerThatDoesNotReadIsClosed()
    {
        var state = new TestScpState { OnFind = request => Endless(request) };
        using var loopback = new Loopback(state, limits: Short);
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.StudyRootQueryRetrieveInformationModelFind);
        DicomDataset command = new DicomCFindRequest(DicomQueryRetrieveLevel.Study).Command;
        await peer.WriteAsync(RawPeer.Pdu(4, RawPeer.Pdv(1, 3, CommandSet.Write(command))));
        await peer.WriteAsync(RawPeer.Pdu(4, RawPeer.Pdv(1, 2)));

        await Eventually.IsTrue(() => loopback.Server.ServiceCount == 0, 20);
    }

    [Fact]
    public async Task HandlesAndMemoryStayFlatOverThousandsOfAssociations()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "No /proc/self/fd here.");
        using var loopback = new Loopback();
        await Associations(loopback, 200);
        int handles = Directory.GetFiles("/proc/self/fd").Length;
        GC.Collect();
        long memory = GC.GetTotalMemory(forceFullCollection: true);

        await Associations(loopback, 3000);

        await Eventually.IsTrue(() => loopback.Server.ServiceCount == 0);
        loopback.State.Associations.Clear();
        loopback.State.Closed.Clear();
        long grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, handles + 10);
        Assert.True(grown < 4 << 20, $"{grown} bytes more after 3000 associations.");
    }

    private static async Task Associations(Loopback loopback, int count)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) =>
            {
                if (i % 3 == 0)
                {
                    await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);
                    await peer.WriteAsync(7, 0, 0, 0, 0, 4, 0, 0, 0, 0);
                }
                else if (i % 3 == 1)
                {
                    await using RawPeer peer = await RawPeer.ConnectAsync(loopback.Port);
                }
                else
                {
                    await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.Verification);
                    await peer.WriteAsync(5, 0, 0, 0, 0, 4, 0, 0, 0, 0);
                    Assert.Equal(6, (await peer.ReadAsync()).Type);
                }
            });
        loopback.State.Associations.Clear();
        loopback.State.Closed.Clear();
        loopback.State.Aborts.Clear();
    }

    private static async Task<byte> LastTypeAsync(RawPeer peer)
    {
        byte last = 0;
        while (true)
        {
            (byte type, _) = await peer.ReadAsync(5);
            if (type == 0)
            {
                return last;
            }

            last = type;
        }
    }

    private static async IAsyncEnumerable<DicomCFindResponse> Endless(DicomCFindRequest request)
    {
        while (true)
        {
            await Task.Yield();
            yield return new DicomCFindResponse(request, DicomStatus.Pending)
            {
                Dataset = new DicomDataset { { DicomTag.PatientComments, new string('x', 8000) } },
            };
        }
    }
}
