using System.Diagnostics;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Worker.Tests;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>
/// Stops a worker between two commits from outside: while this holds the ledger's write lock, the worker cannot leave the state that the
/// ledger shows.
/// </summary>
internal static class LedgerGate
{
    /// <summary>Waits until the newest job is in a state or has passed it, keeps it there for a time, and kills the worker.</summary>
    /// <param name="attempts">Of the job in that state, at least.</param>
    /// <returns>The state as the ledger shows it after the kill.</returns>
    public static async Task<JobState> KillInAsync(string data, RunningWorker worker, JobState wanted, TimeSpan delay, int attempts = 0)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "ledger.db")};Pooling=False");
        await connection.OpenAsync();
        Lock(connection);
        while (State(connection) < wanted || (State(connection) == wanted && Attempts(connection) < attempts))
        {
            // One commit of the worker is let through, and the next one finds the lock taken.
            long version = Version(connection);
            Execute(connection, "ROLLBACK");
            long started = Stopwatch.GetTimestamp();
            while (Version(connection) == version)
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(5), $"No commit for five minutes on the way to {wanted}.");

                // Less than the worker needs from one commit to the next.
                Thread.Sleep(1);
            }

            Lock(connection);
        }

        await Task.Delay(delay);
        worker.Kill();
        Execute(connection, "ROLLBACK");
        return State(connection);
    }

    private static void Lock(SqliteConnection connection)
    {
        int answer;
        while ((answer = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE")) == raw.SQLITE_BUSY)
        {
            Thread.Yield();
        }

        Assert.Equal(raw.SQLITE_OK, answer);
    }

    private static void Execute(SqliteConnection connection, string sql) =>
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(connection.Handle, sql));

    /// <summary>Changes with every commit of another connection.</summary>
    private static long Version(SqliteConnection connection) => (long)Read(connection, "PRAGMA data_version");

    private static JobState State(SqliteConnection connection) =>
        Enum.Parse<JobState>((string)Read(connection, "SELECT State FROM jobs ORDER BY Id DESC LIMIT 1"));

    private static long Attempts(SqliteConnection connection) =>
        (long)Read(connection, "SELECT Attempts FROM jobs ORDER BY Id DESC LIMIT 1");

    private static object Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }
}
