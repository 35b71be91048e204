using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Peers that are broken or mean it: a good sender is served meanwhile, and the worker neither grows nor ends.</summary>
public sealed partial class HostilePeerTests(ITestOutputHelper output) : IDisposable
{
    private const int PlacesOfOneAddress = 16;
    private const int Idle = 500;
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-hostile").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task GivenSlowAndSilentPeersAndOthersThatSpeakNoDicom_WhenAGoodSenderSends_ThenAllItsObjectsAreTaken()
    {
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        using RunningWorker worker = await StartAsync();
        var peers = new List<RawPeer>();
        for (int i = 0; i < PlacesOfOneAddress; i++)
        {
            // Slow loris: an association that has begun an object and never ends it.
            (RawPeer peer, byte answer) = await RawPeer.AssociateAsync(worker.Port);
            Assert.Equal(2, answer);
            await peer.WriteAsync(RawPeer.Store("1.2.3", new byte[64], isWhole: false));
            peers.Add(peer);
        }

        Assert.Equal(3, (await Associate(worker, peers)).Answer);
        peers.AddRange(await Task.WhenAll(Enumerable.Range(0, Idle).Select(_ => RawPeer.ConnectAsync(worker.Port, "127.0.0.3"))));
        RawPeer web = await RawPeer.ConnectAsync(worker.Port, "127.0.0.4");
        await web.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        peers.Add(web);
        RawPeer[] babblers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RawPeer.ConnectAsync(worker.Port, "127.0.0.5")));
        peers.AddRange(babblers);
        var random = new Random(1);
        foreach (RawPeer babbler in babblers)
        {
            byte[] garbage = new byte[random.Next(1, 2000)];
            random.NextBytes(garbage);
            await babbler.WriteAsync(garbage);
        }

        string[] sent = [.. Enumerable.Range(1, 3).SelectMany(number => Material.Renumber(whole, Path.Combine(_folder, $"{number}"), number))];
        Assert.True(Sender.Send(worker.Port, sent));

        await web.EndAsync();
        await RunningWorker.UntilAsync(async () => (await new Audit(Data).JobsAsync()).Sum(job => job.InstanceCount) == sent.Length, "all rows are written");
        await new Audit(Data).ReceivedAsync(sent);
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task GivenASilentAssociation_WhenTheLongestSilenceHasPassed_ThenItIsAborted()
    {
        using RunningWorker worker = await StartAsync("--longest-silence", "1");
        (RawPeer peer, byte answer) = await RawPeer.AssociateAsync(worker.Port);
        using (peer)
        {
            Assert.Equal(2, answer);
            Assert.Equal(7, await peer.ReadTypeAsync());
        }
    }

    [Theory]
    [InlineData("../../../etc/x")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\..\\x")]
    [InlineData("$(touch x)")]
    [InlineData("a\0b\r\nc")]
    public async Task GivenNamesLikePaths_WhenSent_ThenNoFileIsNamedAfterThem(string name)
    {
        using RunningWorker worker = await StartAsync();
        (RawPeer refused, byte answer) = await RawPeer.AssociateAsync(worker.Port, called: name);
        refused.Dispose();
        Assert.Contains(answer, new byte[] { 3, 7 });

        (RawPeer peer, byte accepted) = await RawPeer.AssociateAsync(worker.Port, calling: name);
        using (peer)
        {
            if (accepted == 2)
            {
                await peer.WriteAsync(RawPeer.Store(name, Named(name)));
                Assert.NotEqual(0, await peer.ReadStatusAsync());
            }
        }

        Assert.True(Sender.Send(worker.Port, Material.WholePhantom(Path.Combine(_folder, "in"))));
        string[] files = [.. Directory.GetFiles(Data, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Data, file))];
        Assert.All(files, file => Assert.Matches(OwnNames(), file));
        Assert.Equal(accepted == 2, files.Any(file => file.StartsWith("quarantine/", StringComparison.Ordinal)));
    }

    public static TheoryData<string, byte[]> Bombs => new()
    {
        // Sequence, item, sequence … of undefined length (PS3.5, 7.5), never closed.
        { "nested", [.. Enumerable.Repeat(new byte[] { 8, 0, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 255, 255, 255, 255, 0xFE, 0xFF, 0, 0xE0, 255, 255, 255, 255 }, 40_000).SelectMany(part => part)] },
        { "items", [8, 0, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 255, 255, 255, 255, .. Enumerable.Repeat(new byte[] { 0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0 }, 120_000).SelectMany(part => part)] },
        { "length", [8, 0, 0x40, 0x11, (byte)'U', (byte)'N', 0, 0, 0xF0, 255, 255, 255, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task GivenADataSetMadeToBreakParsers_WhenStored_ThenItIsRefusedAndTheWorkerLivesOn(string what, byte[] bomb)
    {
        using RunningWorker worker = await StartAsync();
        (RawPeer peer, byte answer) = await RawPeer.AssociateAsync(worker.Port);
        Assert.Equal(2, answer);
        using (peer)
        {
            await peer.WriteAsync(RawPeer.Store("1.2.3", bomb));
            Assert.NotEqual(0, await peer.ReadStatusAsync() ?? -1);
        }

        long peak = await MetricAsync(worker, "process_working_set_bytes");
        output.WriteLine($"{what}: {bomb.Length} bytes, resident afterwards {peak >> 20} MiB");
        Assert.True(peak < 400 << 20, $"{peak} bytes");
        Assert.True(Sender.Send(worker.Port, Material.WholePhantom(Path.Combine(_folder, "in"))));
    }

    [Fact]
    public async Task GivenTenThousandAssociations_WhenTheyEndInAnyWay_ThenMemoryAndHandlesStay()
    {
        const int warm = 2_000, all = 10_000;
        using RunningWorker worker = await StartAsync("--associations-per-minute", "1000000");
        await AssociationsAsync(worker.Port, warm);
        (long memory, long handles) = await HeldAsync(worker);
        await AssociationsAsync(worker.Port, all - warm);
        (long memoryAfter, long handlesAfter) = await HeldAsync(worker);

        output.WriteLine($"{warm} to {all} associations: {memory >> 20} to {memoryAfter >> 20} MiB, {handles} to {handlesAfter} handles");
        Assert.True(memoryAfter - memory < 48 << 20, $"{memoryAfter - memory} bytes more");
        Assert.True(handlesAfter - handles < 16, $"{handlesAfter - handles} handles more");
        Assert.True(Sender.Send(worker.Port, Material.WholePhantom(Path.Combine(_folder, "in"))));
    }

    /// <summary>A third is released, a third aborted, a third just gone.</summary>
    private static async Task AssociationsAsync(int port, int count)
    {
        for (int i = 0; i < count; i++)
        {
            (RawPeer peer, byte answer) = await RawPeer.AssociateAsync(port);
            using (peer)
            {
                Assert.Equal(2, answer);
                if (i % 3 == 0)
                {
                    await peer.WriteAsync(RawPeer.Release);
                    Assert.Equal(6, await peer.ReadTypeAsync());
                }
                else if (i % 3 == 1)
                {
                    await peer.WriteAsync(RawPeer.Abort);
                    await peer.EndAsync();
                }
            }
        }
    }

    /// <summary>Resident bytes and open handles, once connections that end have ended.</summary>
    private static async Task<(long Memory, long Handles)> HeldAsync(RunningWorker worker)
    {
        await Task.Delay(TimeSpan.FromSeconds(3));
        return (await MetricAsync(worker, "process_working_set_bytes"), await MetricAsync(worker, "process_open_handles"));
    }

    private static async Task<long> MetricAsync(RunningWorker worker, string name) => (long)double.Parse(
        (await worker.GetAsync("/metrics")).Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1],
        CultureInfo.InvariantCulture);

    private static async Task<(RawPeer Peer, byte Answer)> Associate(RunningWorker worker, List<RawPeer> peers)
    {
        (RawPeer peer, byte answer) = await RawPeer.AssociateAsync(worker.Port);
        peers.Add(peer);
        return (peer, answer);
    }

    /// <summary>SOP Class and SOP Instance UID, Explicit VR Little Endian; the second is the name.</summary>
    private static byte[] Named(string name)
    {
        byte[] uid = Encoding.Latin1.GetBytes(name.Length % 2 == 0 ? name : name + '\0');
        byte[] sopClass = Encoding.ASCII.GetBytes("1.2.840.10008.5.1.4.1.1.2\0");
        return [8, 0, 0x16, 0, (byte)'U', (byte)'I', (byte)sopClass.Length, 0, .. sopClass, 8, 0, 0x18, 0, (byte)'U', (byte)'I', (byte)uid.Length, 0, .. uid];
    }

    private async Task<RunningWorker> StartAsync(params string[] more)
    {
        var worker = new RunningWorker(Data, ["--allow", "*@127.0.0.0/8", .. more]);
        await worker.StartAsync();
        return worker;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@"^(objects/[0-9a-f]{2}/[0-9a-f]{64}\.dcm|(staging|quarantine)/[0-9a-f]{32}\.(part|dcm)|logs/worker-[0-9_]+\.json|(ledger|scheduler)\.db(-wal|-shm)?|arrivals\.log|jobs/.*|[a-z0-9.-]+)$")]
    private static partial Regex OwnNames();
}
