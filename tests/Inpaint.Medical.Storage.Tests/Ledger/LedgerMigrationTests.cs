using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace Inpaint.Medical.Storage.Tests.Ledger;

/// <summary>Several workers that start on one new ledger, and one that was killed while it made the tables.</summary>
public sealed class LedgerMigrationTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private const int Workers = 8;
    private readonly string _folder = Directory.CreateTempSubdirectory("migration").FullName;

    private string File => Path.Combine(_folder, "ledger.db");

    [Fact]
    public Task GivenANewSqliteLedger_WhenManyStartOnItAtOnce_ThenAllFindItsTables() => StartOnAsync(File);

    [Fact]
    public Task GivenANewPostgresLedger_WhenManyStartOnItAtOnce_ThenAllFindItsTables() => StartOnAsync(server.NewDatabase());

    [Fact]
    public async Task GivenAProcessThatMigrates_WhenAnotherStarts_ThenItWaitsItsTurn()
    {
        Task start;
        await using (new FileStream(File + ".migration", FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            start = Task.Run(() => StartOnAsync(File));
            await Task.WhenAny(start, Task.Delay(TimeSpan.FromSeconds(5)));
            Assert.False(start.IsCompleted);
        }

        await start.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task GivenAMigrationThatWasKilled_WhenStartedAgain_ThenItsLockHoldsNobodyUp()
    {
        await using (LedgerContext killed = new LedgerDatabase(File).Open())
        {
            await killed.Database.ExecuteSqlRawAsync(
                """CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER PRIMARY KEY, "Timestamp" TEXT NOT NULL); INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01')""");
        }

        await StartOnAsync(File).WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public Task GivenASqliteLedgerOfTheFirstVersion_WhenUpgraded_ThenItsInstancesAreThere() => UpgradeAsync(File);

    [Fact]
    public Task GivenAPostgresLedgerOfTheFirstVersion_WhenUpgraded_ThenItsInstancesAreThere() => UpgradeAsync(server.NewDatabase());

    private static async Task UpgradeAsync(string connectionString)
    {
        var database = new LedgerDatabase(connectionString);
        await using (LedgerContext old = database.Open())
        {
            await old.GetService<IMigrator>().MigrateAsync("Initial");
            await old.Database.ExecuteSqlRawAsync(
                """
                INSERT INTO "instances" ("SopInstanceUid", "SopClassUid", "StudyInstanceUid", "SeriesInstanceUid", "ContentSha256", "PixelSha256",
                "RelativePath", "Length", "ReceivedUtc", "Channel", "Receiver")
                VALUES ('1.1', '1.2', '1.3', '1.4', 'ab', 'cd', 'objects/ab/ab.dcm', 7, '2026-01-01 00:00:00', 'stow', 'A')
                """);
        }

        await database.MigrateAsync(CancellationToken.None);

        await using LedgerContext ledger = database.Open();
        Assert.Equal("objects/ab/ab.dcm", (await ledger.Instances.SingleAsync()).RelativePath);
    }

    private static async Task StartOnAsync(string connectionString)
    {
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(
            () => new LedgerDatabase(connectionString).MigrateAsync(CancellationToken.None))));

        await using LedgerContext ledger = new LedgerDatabase(connectionString).Open();
        Assert.Empty(await ledger.Database.GetPendingMigrationsAsync());
        Assert.Empty(await ledger.Jobs.ToListAsync());
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
