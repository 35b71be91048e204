using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Storage.Tests.Ledger;

/// <summary>The embedded default.</summary>
public sealed class SqliteLedgerTests : SeriesLedgerTests
{
    private readonly string _folder;

    public SqliteLedgerTests()
        : this(Directory.CreateTempSubdirectory("ledger").FullName)
    {
    }

    private SqliteLedgerTests(string folder)
        : base(Path.Combine(folder, "ledger.db")) => _folder = folder;

    public override ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The shared ledger; every test has a database of its own.</summary>
public sealed class PostgresLedgerTests(PostgresServer server) : SeriesLedgerTests(server.NewDatabase()), IClassFixture<PostgresServer>
{
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
