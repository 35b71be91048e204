using Inpaint.Medical.TestSupport;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>A full disk: refused with A700, nothing half-written, and it goes on when there is room. A broken one: the end.</summary>
public sealed class DiskTests : IDisposable
{
    private const int OutOfResources = 0xA7;
    private readonly string _folder = Directory.CreateTempSubdirectory("worker-disk").FullName;
    private bool _isMounted;

    private string Disk => Path.Combine(_folder, "disk");

    [Fact]
    public async Task GivenAFullDisk_WhenSent_ThenRefusedForNowAndTakenWhenThereIsRoom()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can mount a small disk.");
        Directory.CreateDirectory(Disk);
        (int mounted, _, string error) = Peer.Run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", Disk);
        Assert.SkipUnless(mounted == 0, $"No small disk can be mounted here: {error}");
        _isMounted = true;
        string data = Path.Combine(Disk, "data");
        using ScriptedPeer peer = new ScriptedPeer().Up();
        Material material = Material.Phantom(Path.Combine(_folder, "in"), 24);
        using var worker = new RunningWorker(
            data, "--mode", "fill", "--no-archive-check", "--quiet", "5", "--high-watermark", "1", "--first-retry", "1", "--method", "linear",
            "--deliver", peer.Name);
        await worker.StartAsync();

        var acknowledged = new List<string>();
        Assert.True(Sender.Send(worker.Port, material.Files.Take(3)));
        acknowledged.AddRange(material.Files.Take(3));
        Fill(Path.Combine(Disk, "filler"));
        var refusals = new HashSet<int>();
        foreach (string file in material.Files.Skip(3))
        {
            int answer = Sender.Answer(worker.Port, file);
            if (answer == 0)
            {
                acknowledged.Add(file);
            }
            else
            {
                refusals.Add(answer);
            }
        }

        Assert.Equal([OutOfResources], refusals);
        Assert.Empty(Directory.GetFiles(Path.Combine(data, "staging")));

        File.Delete(Path.Combine(Disk, "filler"));
        await RunningWorker.UntilAsync(() => Task.FromResult(Sender.Send(worker.Port, material.Files)), "everything is taken");
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");

        var audit = new Audit(data);
        await audit.ReceivedAsync([.. acknowledged.Union(material.Files)]);
        await audit.DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    [Fact]
    public async Task GivenADiskThatRefusesToSync_WhenSent_ThenNothingMoreIsAcknowledgedAndTheWorkerEnds()
    {
        Assert.SkipUnless(Peer.IsInstalled("strace"), "strace is not installed.");
        string data = Path.Combine(_folder, "data");
        string[] files = Material.WholePhantom(Path.Combine(_folder, "in"));
        using var worker = new RunningWorker(data);
        await worker.StartAsync();
        Assert.True(Sender.Send(worker.Port, files.Take(3)));

        using var disk = new ExternalProgram(
            "strace", "-f", "-p", $"{worker.ProcessId}", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO");
        await RunningWorker.UntilAsync(() => Task.FromResult(disk.Output.Contains("attached", StringComparison.Ordinal)), "the disk is broken");
        Assert.All(files.Skip(3), file => Assert.NotEqual(0, Sender.Answer(worker.Port, file)));
        Assert.Equal(5, worker.ExitCode());

        await worker.StartAsync();
        Assert.True(Sender.Send(worker.Port, files));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "skipped", "the series is reported");
        await new Audit(data).ReceivedAsync(files);
    }

    /// <summary>Takes all that is left, to the last page.</summary>
    private static void Fill(string path)
    {
        using FileStream filler = File.Create(path, 1);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            Peer.Run("umount", "-l", Disk);
        }

        Directory.Delete(_folder, recursive: true);
    }
}
