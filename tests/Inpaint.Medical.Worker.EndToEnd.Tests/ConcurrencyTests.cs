using System.Globalization;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>As many series at once as the operator allows, memory being what one of them needs.</summary>
public sealed class ConcurrencyTests : IDisposable
{
    private const int Series = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("worker-at-once").FullName;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GivenSeveralSeriesThatAreDue_WhenTheyRun_ThenNoMoreAtOnceThanAllowed(int allowed)
    {
        string data = Path.Combine(_folder, "data");
        using ScriptedPeer peer = new ScriptedPeer().Up();
        using var worker = new RunningWorker(
            data, "--mode", "fill", "--no-archive-check", "--quiet", "3", "--method", "linear", "--deliver", peer.Name,
            "--concurrency", allowed.ToString(CultureInfo.InvariantCulture));
        await worker.StartAsync();
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        Assert.True(Sender.Send(worker.Port, Enumerable.Range(1, Series).SelectMany(number =>
            Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, $"{number}"), number))));

        var ledger = new LedgerDatabase(Path.Combine(data, "ledger.db"));
        int most = 0;
        await RunningWorker.UntilAsync(
            async () =>
            {
                await using LedgerContext context = ledger.Open();
                var jobs = await context.Jobs.AsNoTracking().Select(job => new { job.State, job.LeaseOwner }).ToListAsync();
                most = Math.Max(most, jobs.Count(job => job.LeaseOwner != null));
                return jobs.Count == Series && jobs.All(job => job.State == JobState.Done);
            },
            "all are done");

        Assert.Equal(allowed, most);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
