using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>Opens the ledger by connection string: PostgreSQL if it names a host, else a SQLite file.</summary>
public sealed class LedgerDatabase
{
    private const int MostAttempts = 10;

    // Any number that other programs on the same database do not use.
    private const long MigrationLock = 0x1A9A_1E37;
    private static readonly TimeSpan LongestMigration = TimeSpan.FromMinutes(10);

    private readonly DbContextOptions _options;

    /// <param name="connectionString">"Host=…;Database=…" or the path of a SQLite file.</param>
    public LedgerDatabase(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        IsPostgres = connectionString.Contains("Host=", StringComparison.OrdinalIgnoreCase);
        ConnectionString = IsPostgres
            ? connectionString
            : new SqliteConnectionStringBuilder { DataSource = connectionString, DefaultTimeout = 30 }.ToString();
        _options = IsPostgres
            ? new DbContextOptionsBuilder<PostgresLedgerContext>().UseNpgsql(ConnectionString).Options
            : new DbContextOptionsBuilder<SqliteLedgerContext>()
                .UseSqlite(ConnectionString).AddInterceptors(new DurableSqlite()).Options;
    }

    public bool IsPostgres { get; }

    public string ConnectionString { get; }

    public LedgerContext Open() => IsPostgres
        ? new PostgresLedgerContext((DbContextOptions<PostgresLedgerContext>)_options)
        : new SqliteLedgerContext((DbContextOptions<SqliteLedgerContext>)_options);

    /// <summary>Brings the tables to this version's shape.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using LedgerContext context = Open();
        if (IsPostgres)
        {
            await MigratePostgresAsync(context, cancellationToken);
            return;
        }

        // The lock that EF Core keeps in a SQLite file outlives a process that is killed while it migrates, and the next one would wait
        // for it for ever. The system's lock on a file ends with its process: who holds that may remove the other.
        await using FileStream turn = await TakeTurnAsync(context.Database.GetDbConnection().DataSource + ".migration", cancellationToken);
        if ((await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            await context.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
            await context.Database.MigrateAsync(cancellationToken);
        }
    }

    private async Task MigratePostgresAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        await CreateDatabaseAsync(context, cancellationToken);

        // EF Core takes its lock anew for each migration, after it has decided which are to be applied: of two workers that start at once,
        // the second would apply the last one again. An advisory lock ends with its connection, also when the worker is killed.
        await using LedgerContext turn = Open();
        turn.Database.SetCommandTimeout(LongestMigration);
        await turn.Database.OpenConnectionAsync(cancellationToken);
        await turn.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
        try
        {
            await context.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            await turn.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
        }
    }

    private static async Task CreateDatabaseAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        IRelationalDatabaseCreator creator = context.GetService<IRelationalDatabaseCreator>();
        for (int attempt = 1; !await creator.ExistsAsync(cancellationToken); attempt++)
        {
            try
            {
                await creator.CreateAsync(cancellationToken);
            }
            catch (Npgsql.PostgresException failure) when (attempt < MostAttempts && IsMadeByAnother(failure))
            {
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    // Workers that start at the same time on a server without the database all make it; one succeeds. duplicate_database, unique_violation,
    // object_in_use (PostgreSQL appendix A).
    private static bool IsMadeByAnother(Npgsql.PostgresException failure) => failure.SqlState is "42P04" or "23505" or "55006";

    private static async Task<FileStream> TakeTurnAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (File.Exists(path) && held is not (DirectoryNotFoundException or FileNotFoundException))
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Write-ahead log with a full sync at every commit: with a weaker setting the last commits are lost at power failure
    /// although they were acknowledged.
    /// </summary>
    private sealed class DurableSqlite : DbConnectionInterceptor
    {
        private const string Pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000; PRAGMA foreign_keys=ON;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
