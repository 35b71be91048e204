using System.Security.Cryptography;
using Inpaint.Medical.Storage.Ledger;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>What a peer holds: digest of each instance's pixels, by SOP Instance UID; an instance held with two contents is in it twice.</summary>
internal sealed record Holdings(ILookup<string, string> Pixels);

/// <summary>
/// After a run: ledger, disk and peers side by side. Nothing acknowledged is lost or doubled, every series was delivered once, and
/// what the ledger says is what is there.
/// </summary>
internal sealed class Audit(string data)
{
    private readonly LedgerDatabase _ledger = new(Path.Combine(data, "ledger.db"));

    public static string PixelDigest(string file) => Convert.ToHexStringLower(SHA256.HashData(Material.Pixels(file)));

    /// <summary>Every acknowledged file is in the ledger and on disk, once, with its pixels.</summary>
    public async Task ReceivedAsync(IReadOnlyCollection<string> acknowledged)
    {
        await using LedgerContext ledger = _ledger.Open();
        List<LedgerInstance> rows = await ledger.Instances.AsNoTracking().ToListAsync();
        Assert.Empty(rows.GroupBy(row => row.RelativePath).Where(group => group.Count() > 1).Select(group => group.Key));
        var held = rows.ToDictionary(row => row.SopInstanceUid);
        string[] lost = [.. acknowledged.Where(file => !held.ContainsKey(Material.Uid(file)))];
        Assert.True(lost.Length == 0, $"{lost.Length} of {acknowledged.Count} acknowledged objects are not in the ledger: {string.Join(", ", lost.Take(5))}");
        Assert.All(acknowledged, file => Assert.Equal(
            PixelDigest(file), PixelDigest(Path.Combine(data, held[Material.Uid(file)].RelativePath))));

        HashSet<string> onDisk = [.. Directory.GetFiles(Path.Combine(data, "objects"), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(data, path))];
        Assert.Equal(rows.Select(row => row.RelativePath).Order(StringComparer.Ordinal), onDisk.Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(row.Length, new FileInfo(Path.Combine(data, row.RelativePath)).Length));
    }

    /// <summary>Every series has one job that counts, it is done, and each destination holds its output, once, as it lies on disk.</summary>
    /// <returns>Output instances delivered.</returns>
    public async Task<int> DeliveredAsync(IReadOnlyCollection<string> seriesUids, params IReadOnlyCollection<Holdings> peers)
    {
        await using LedgerContext ledger = _ledger.Open();
        List<LedgerJob> jobs = await ledger.Jobs.AsNoTracking().Where(job => job.State != JobState.Superseded).ToListAsync();
        Assert.Equal(seriesUids.Order(StringComparer.Ordinal), jobs.Select(job => job.SeriesInstanceUid).Order(StringComparer.Ordinal));
        Assert.All(jobs, job => Assert.True(job.State == JobState.Done, $"job {job.Id} is {job.State}: {job.Reason}"));
        Assert.All(jobs, job => Assert.Null(job.LeaseOwner));

        HashSet<long> counted = [.. jobs.Select(job => job.Id)];
        List<LedgerDelivery> deliveries = await ledger.Deliveries.AsNoTracking().ToListAsync();
        deliveries.RemoveAll(row => !counted.Contains(row.JobId));
        Assert.All(jobs, job => Assert.Contains(deliveries, row => row.JobId == job.Id));
        Assert.All(deliveries, row => Assert.Contains(row.State, new[] { DeliveryState.Stored, DeliveryState.Committed }));
        Assert.All(deliveries, row => Assert.Equal(
            row.Sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(data, row.RelativePath))))));
        foreach (Holdings peer in peers)
        {
            Assert.All(deliveries.DistinctBy(row => row.SopInstanceUid), row => Assert.Equal(
                [PixelDigest(Path.Combine(data, row.RelativePath))], peer.Pixels[row.SopInstanceUid].Distinct()));
            Assert.Equal(
                deliveries.Select(row => row.SopInstanceUid).Distinct().Order(StringComparer.Ordinal),
                peer.Pixels.Select(group => group.Key).Order(StringComparer.Ordinal));
        }

        return deliveries.Count;
    }

    /// <summary>Jobs in the order of their making.</summary>
    public async Task<IReadOnlyList<LedgerJob>> JobsAsync()
    {
        await using LedgerContext ledger = _ledger.Open();
        return await ledger.Jobs.AsNoTracking().OrderBy(job => job.Id).ToListAsync();
    }

    public async Task<IReadOnlyList<LedgerEvent>> EventsAsync()
    {
        await using LedgerContext ledger = _ledger.Open();
        return await ledger.Events.AsNoTracking().OrderBy(row => row.Sequence).ToListAsync();
    }

    public async Task<IReadOnlyList<LedgerDelivery>> DeliveriesAsync(long jobId)
    {
        await using LedgerContext ledger = _ledger.Open();
        return await ledger.Deliveries.AsNoTracking().Where(row => row.JobId == jobId).OrderBy(row => row.SopInstanceUid).ToListAsync();
    }
}
