using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>Lets <c>dotnet ef migrations add</c> build the SQLite context; nothing is opened.</summary>
public sealed class DesignTimeSqliteLedger : IDesignTimeDbContextFactory<SqliteLedgerContext>
{
    public SqliteLedgerContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteLedgerContext>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>Lets <c>dotnet ef migrations add</c> build the PostgreSQL context; nothing is opened.</summary>
public sealed class DesignTimePostgresLedger : IDesignTimeDbContextFactory<PostgresLedgerContext>
{
    public PostgresLedgerContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresLedgerContext>().UseNpgsql("Host=localhost").Options);
}
