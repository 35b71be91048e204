using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>The ledger's tables. One derived context per database, because migrations differ in column types.</summary>
public abstract class LedgerContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<LedgerInstance> Instances => Set<LedgerInstance>();

    public DbSet<LedgerJob> Jobs => Set<LedgerJob>();

    public DbSet<LedgerDelivery> Deliveries => Set<LedgerDelivery>();

    public DbSet<LedgerEvent> Events => Set<LedgerEvent>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<LedgerInstance>(table =>
        {
            table.ToTable("instances").HasKey(row => row.SopInstanceUid);
            table.HasIndex(row => row.SeriesInstanceUid);
        });
        modelBuilder.Entity<LedgerJob>(table =>
        {
            table.ToTable("jobs").HasKey(row => row.Id);
            table.HasIndex(row => new { row.SeriesInstanceUid, row.Generation }).IsUnique();
            table.HasIndex(row => new { row.State, row.NotBeforeUtc });
            table.Property(row => row.State).HasConversion<string>();
            table.Property(row => row.ResumeState).HasConversion<string>();
            table.Property(row => row.FencingToken).IsConcurrencyToken();
        });
        modelBuilder.Entity<LedgerDelivery>(table =>
        {
            table.ToTable("deliveries").HasKey(row => new { row.JobId, row.Destination, row.SopInstanceUid });
            table.HasOne<LedgerJob>().WithMany().HasForeignKey(row => row.JobId);
            table.Property(row => row.State).HasConversion<string>();
        });
        modelBuilder.Entity<LedgerEvent>(table =>
        {
            table.ToTable("events").HasKey(row => row.Sequence);
            table.HasIndex(row => row.JobId);
        });
    }
}

/// <summary>The embedded default: one file, no server.</summary>
public sealed class SqliteLedgerContext(DbContextOptions<SqliteLedgerContext> options) : LedgerContext(options)
{
    /// <summary>UTC in, UTC out: SQLite stores no zone.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
    }

    private sealed class UtcConverter() : Microsoft.EntityFrameworkCore.Storage.ValueConversion.ValueConverter<DateTime, DateTime>(
        value => value, value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}

/// <summary>For several workers on one ledger.</summary>
public sealed class PostgresLedgerContext(DbContextOptions<PostgresLedgerContext> options) : LedgerContext(options);
