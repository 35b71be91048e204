using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Inpaint.Medical.TestSupport;

/// <summary>A PostgreSQL of its own on a free port of loopback, in a temporary folder, without syncs; gone when disposed.</summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>Why a test was skipped.</summary>
    public const string SkipReason = "PostgreSQL is not installed (Debian package postgresql).";

    private static readonly string? Programs = !Directory.Exists("/usr/lib/postgresql") ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin"))
            .LastOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    private readonly string _folder = Directory.CreateTempSubdirectory("postgres").FullName;
    private readonly int _port = FreePort();

    /// <summary>Starts it; skips the running test where it is not installed.</summary>
    public PostgresServer()
    {
        Assert.SkipUnless(Programs is not null, SkipReason);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", _folder);
        }

        RunAsOwner("initdb", "-D", Data, "-U", "inpaint", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        string settings = string.Create(CultureInfo.InvariantCulture, $"-p {_port} -c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder}");
        RunAsOwner("pg_ctl", "-D", Data, "-w", "-o", settings, "-l", Path.Combine(_folder, "log"), "start");
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Connection string of a database that the first migration creates.</summary>
    public string NewDatabase() => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=inpaint;Database=d{Guid.NewGuid():N}");

    public void Dispose()
    {
        RunAsOwner("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The server refuses to run as root.</summary>
    private static void RunAsOwner(string program, params string[] arguments)
    {
        string path = Path.Combine(Programs!, program);
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server keeps what it inherits: only files may be handed to it, or reading the output would never end.
        string command = string.Join(' ', arguments.Prepend(program).Select(part => $"'{part}'"));
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {command} >/dev/null 2>&1"]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
