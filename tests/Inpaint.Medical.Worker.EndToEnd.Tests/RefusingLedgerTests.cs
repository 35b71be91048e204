using Inpaint.Medical.Worker.Tests;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>A ledger that takes no rows, on a disk that has room: no event, so no change; and what was acknowledged is kept.</summary>
public sealed class RefusingLedgerTests : IDisposable
{
    private const int OutOfResources = 0xA7;

    private readonly string _folder = Directory.CreateTempSubdirectory("worker-ledger").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task GivenALedgerThatRefusesRows_WhenSent_ThenIntakeStopsAndGoesOnWhenItTakesThem()
    {
        using ScriptedPeer peer = new ScriptedPeer().Up();
        Material material = Material.Phantom(Path.Combine(_folder, "in"), 24);
        using var worker = new RunningWorker(
            Data, "--mode", "fill", "--no-archive-check", "--quiet", "5", "--first-retry", "1", "--method", "linear", "--deliver", peer.Name);
        await worker.StartAsync();

        Execute("CREATE TRIGGER refusal BEFORE INSERT ON instances BEGIN SELECT RAISE(ABORT, 'no more rows'); END");
        var acknowledged = new List<string>();
        int answer = 0;
        foreach (string file in material.Files)
        {
            // Until the ledger is asked for the first time, what the log of arrivals holds is acknowledged.
            answer = Sender.Answer(worker.Port, file);
            if (answer != 0)
            {
                break;
            }

            acknowledged.Add(file);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        }

        Assert.Equal(OutOfResources, answer);
        string[] refused = [.. material.Files.Except(acknowledged)];
        Assert.All(refused.Take(3), file => Assert.Equal(OutOfResources, Sender.Answer(worker.Port, file)));
        Assert.Equal(0L, Execute("SELECT COUNT(*) FROM instances"));

        Execute("DROP TRIGGER refusal");
        await RunningWorker.UntilAsync(() => Task.FromResult(Sender.Send(worker.Port, refused)), "everything is taken");
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");
        var audit = new Audit(Data);
        await audit.ReceivedAsync([.. material.Files]);
        await audit.DeliveredAsync([material.SeriesUid], peer.Holdings);
    }

    private object? Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Data, "ledger.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
