using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Inpaint.Medical.Benchmarks;

/// <summary>
/// Objects received per second by the worker, which answers only when an object is durable, by storescp, which syncs nothing, and by
/// Orthanc as it comes. The same storescu sends to each; every round starts receivers with empty folders and sends some thousand objects
/// of other series first, without a pause between them: a service runs for weeks, and what is loaded or compiled once is no part of its rate.
/// A series or eight then come to a service that has been idle for a moment.
/// </summary>
internal static class ReceiveBenchmarks
{
    private const int Rounds = 5;
    private const int WarmUps = 4;
    private const int PerAssociation = 192;
    private const int Associations = 8;
    private const double OverOrthanc = 4;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    public static IEnumerable<Row> Run(string worker)
    {
        if (!Peer.IsInstalled("storescu") || !Peer.IsInstalled("storescp"))
        {
            yield break;
        }

        SampleSeries[] others = [.. Enumerable.Range(0, 4).Select(i => SampleSeries.Create("MR", 256 + i, 340))];
        string[] warmUp = [.. others.SelectMany(one => Files(one.Folder))];
        var sustained = new Dictionary<string, double>();
        using SampleSeries series = SampleSeries.Create("MR", PerAssociation, 340);
        foreach (Row row in Compare(worker, warmUp, sustained, "192 MR objects of 231 kB, one association", [series.Folder], 2))
        {
            yield return row;
        }

        using SampleSeries ct = SampleSeries.Create("CT", 100, 512);
        foreach (Row row in Compare(worker, warmUp, sustained, "100 CT objects of 512², one association", [ct.Folder], 2))
        {
            yield return row;
        }

        SampleSeries[] many = [.. Enumerable.Range(0, Associations).Select(i => SampleSeries.Create("MR", 64 + i, 340))];
        foreach (Row row in Compare(worker, warmUp, sustained, $"{many.Sum(one => Files(one.Folder).Length)} MR objects of 231 kB, eight associations at once",
            [.. many.Select(one => one.Folder)], 1))
        {
            yield return row;
        }

        int before = warmUp.Length * WarmUps;
        yield return new Row(
            $"{before} MR objects of 231 kB without a pause, one association, from the start of the program", Rate(before, sustained["worker"]),
            string.Join("; ", sustained.Where(one => one.Key != "worker").Select(one => $"{one.Key} {Rate(before, one.Value)}")), "–", null);
        foreach (SampleSeries one in many.Concat(others))
        {
            one.Dispose();
        }
    }

    /// <param name="sustained">By receiver, the best time of all that was sent before; better times are written into it.</param>
    private static IEnumerable<Row> Compare(
        string worker, string[] warmUp, Dictionary<string, double> sustained, string what, string[] folders, double overStorescp)
    {
        string[] receivers = Peer.IsInstalled("Orthanc") ? ["worker", "storescp", "Orthanc"] : ["worker", "storescp"];
        double[] best = [.. receivers.Select(_ => double.MaxValue)];
        var ratios = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            var seconds = new double[receivers.Length];
            for (int i = 0; i < receivers.Length; i++)
            {
                (double before, seconds[i]) = Time(receivers[i], worker, warmUp, folders);
                best[i] = Math.Min(best[i], seconds[i]);
                sustained[receivers[i]] = Math.Min(before, sustained.GetValueOrDefault(receivers[i], double.MaxValue));
            }

            ratios.Add(seconds[0] / seconds[1]);
        }

        int objects = folders.Sum(folder => Files(folder).Length);
        string spread = string.Create(CultureInfo.InvariantCulture, $"{best[0] / best[1]:0.00} × its time ({ratios.Min():0.00}–{ratios.Max():0.00} by round)");
        yield return new Row(
            what, Rate(objects, best[0]), $"storescp {Rate(objects, best[1])}; {spread}",
            string.Create(CultureInfo.InvariantCulture, $"≤ {overStorescp:0} × storescp's time"), best[0] <= overStorescp * best[1]);
        if (receivers.Length > 2)
        {
            yield return new Row(
                what, Rate(objects, best[0]),
                string.Create(CultureInfo.InvariantCulture, $"Orthanc {Rate(objects, best[2])}; {best[2] / best[0]:0.0} × as fast"),
                "≥ 4 × as fast as Orthanc", best[2] >= OverOrthanc * best[0]);
        }
    }

    /// <summary>Seconds of what was sent before; then from the start of the first sender to the end of the last.</summary>
    private static (double Before, double Measured) Time(string receiver, string worker, string[] warmUp, string[] folders)
    {
        string data = Directory.CreateTempSubdirectory("receive").FullName;
        int port = FreePort();
        using Process process = Start(receiver, worker, data, port);
        try
        {
            WaitUntilListening(port);
            double before = Paired.Seconds(() => Peer.Time("storescu", ["+II", "--repeat", $"{WarmUps}", .. Arguments(port, warmUp)]));
            Thread.Sleep(Idle);

            return (before, Paired.Seconds(() => Task.WaitAll([.. folders.Select(folder => Task.Run(() => Peer.Time("storescu", Arguments(port, Files(folder)))))])));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
            Directory.Delete(data, recursive: true);
        }
    }

    private static Process Start(string receiver, string worker, string data, int port)
    {
        string number = port.ToString(CultureInfo.InvariantCulture);
        string http = FreePort().ToString(CultureInfo.InvariantCulture);
        (string program, string[] arguments) = receiver switch
        {
            "worker" => (worker, new[] { "--data", data, "--aet", "ANY", "--address", "127.0.0.1", "--port", number, "--http", $"127.0.0.1:{http}" }),
            "storescp" => ("storescp", ["--fork", "-od", data, number]),
            _ => ("Orthanc", [OrthancSettings(data, number, http)]),
        };
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TCP_NODELAY"] = "1";
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string OrthancSettings(string data, string port, string http)
    {
        string file = Path.Combine(data, "orthanc.json");
        File.WriteAllText(file, $$"""
            {
              "StorageDirectory": "{{data}}", "IndexDirectory": "{{data}}",
              "DicomPort": {{port}}, "HttpPort": {{http}}, "DicomAet": "ANY"
            }
            """);
        return file;
    }

    private static string[] Arguments(int port, string[] files) =>
        ["-aec", "ANY", "127.0.0.1", port.ToString(CultureInfo.InvariantCulture), .. files];

    private static string[] Files(string folder) => Directory.GetFiles(folder);

    private static void WaitUntilListening(int port)
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(50);
            }
        }

        throw new InvalidOperationException($"Nothing listens on port {port}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Rate(int objects, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{objects / seconds:0} objects/s ({seconds:0.000} s)");
}
