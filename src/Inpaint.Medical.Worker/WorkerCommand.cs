using System.CommandLine;
using System.Globalization;

namespace Inpaint.Medical.Worker;

/// <summary>The command line of the worker. Every option is a setting of the section Worker; the command line wins.</summary>
internal static class WorkerCommand
{
    /// <summary>Options that take one value: name, setting, help.</summary>
    private static readonly (string Name, string Setting, string Help)[] Single =
    [
        ("--data", nameof(WorkerOptions.Data), "Folder of objects, outputs and the embedded ledger"),
        ("--address", nameof(WorkerOptions.Address), "Address to listen on for associations"),
        ("--port", nameof(WorkerOptions.Port), "Port for associations"),
        ("--tls-port", nameof(WorkerOptions.TlsPort), "Port for associations over TLS"),
        ("--tls-certificate", nameof(WorkerOptions.TlsCertificate), "Our certificate, PEM"),
        ("--tls-key", nameof(WorkerOptions.TlsKey), "Its private key, PEM"),
        ("--tls-authorities", nameof(WorkerOptions.TlsAuthorities), "Certificates that peers must lead to, PEM"),
        ("--http", nameof(WorkerOptions.Http), "Address and port of health, metrics, jobs and STOW-RS"),
        ("--api-key", nameof(WorkerOptions.ApiKey), "Key that HTTP clients send as X-Api-Key"),
        ("--http-certificate", nameof(WorkerOptions.HttpCertificate), "Certificate for HTTPS, PEM"),
        ("--http-key", nameof(WorkerOptions.HttpKey), "Its private key, PEM"),
        ("--mode", nameof(WorkerOptions.Mode), "report (default) or fill"),
        ("--archive", nameof(WorkerOptions.Archive), "AET@host:port (,tls or ,tls=authorities.pem for TLS) or DICOMweb address to ask for missing slices"),
        ("--quiet", nameof(WorkerOptions.QuietSeconds), "Seconds without arrivals after which a series is complete"),
        ("--watch", nameof(WorkerOptions.Watch), "Folder whose files are taken in"),
        ("--ledger", nameof(WorkerOptions.Ledger), "PostgreSQL connection string; default: SQLite in the data folder"),
        ("--protocols", nameof(WorkerOptions.Protocols), "Folder of protocols"),
        ("--method", nameof(WorkerOptions.Method), "Method instead of the protocols' own"),
        ("--associations", nameof(WorkerOptions.MostAssociations), "Associations at once"),
        ("--associations-per-address", nameof(WorkerOptions.MostAssociationsPerAddress), "Associations at once from one address"),
        ("--associations-per-minute", nameof(WorkerOptions.MostAssociationsPerMinute), "Association requests of one address in a minute"),
        ("--longest-silence", nameof(WorkerOptions.LongestSilenceSeconds), "Seconds after which a silent association is aborted"),
        ("--longest-association", nameof(WorkerOptions.LongestAssociationSeconds), "Seconds after which any association is aborted"),
        ("--largest-object", nameof(WorkerOptions.LargestObjectBytes), "Largest object taken, bytes"),
        ("--concurrency", nameof(WorkerOptions.Concurrency), "Jobs at once"),
        ("--high-watermark", nameof(WorkerOptions.HighWatermark), "Share of the disk in use above which nothing is accepted"),
        ("--first-retry", nameof(WorkerOptions.FirstRetrySeconds), "Seconds before the first retry; doubles each time"),
        ("--lease", nameof(WorkerOptions.LeaseSeconds), "Seconds after which a silent worker loses its job"),
    ];

    private static readonly (string Name, string Setting, string Help)[] Several =
    [
        ("--aet", nameof(WorkerOptions.Aet), "Our AE title, with =protocol,protocol to bind it; may be repeated"),
        ("--deliver", nameof(WorkerOptions.Deliver), "AET@host:port (,tls or ,tls=authorities.pem for TLS) or DICOMweb address; may be repeated"),
        ("--allow", nameof(WorkerOptions.Allow), "AET@CIDR that may send; may be repeated"),
    ];

    public static RootCommand Create()
    {
        var command = new RootCommand("Receives series, finds what is missing, reconstructs it and delivers the derived series.");
        Option<string?>[] single = [.. Single.Select(option => new Option<string?>(option.Name) { Description = option.Help })];
        Option<string[]>[] several = [.. Several.Select(option => new Option<string[]>(option.Name) { Description = option.Help })];
        var noArchiveCheck = new Option<bool>("--no-archive-check") { Description = "Fill without asking an archive; the record says so" };
        foreach (Option option in single.Cast<Option>().Concat(several).Append(noArchiveCheck))
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) =>
        {
            var settings = new Dictionary<string, string?>();
            for (int i = 0; i < single.Length; i++)
            {
                if (result.GetValue(single[i]) is { } value)
                {
                    settings["Worker:" + Single[i].Setting] = value;
                }
            }

            for (int i = 0; i < several.Length; i++)
            {
                string[] values = result.GetValue(several[i]) ?? [];
                for (int k = 0; k < values.Length; k++)
                {
                    settings[string.Create(CultureInfo.InvariantCulture, $"Worker:{Several[i].Setting}:{k}")] = values[k];
                }
            }

            if (result.GetValue(noArchiveCheck))
            {
                settings["Worker:" + nameof(WorkerOptions.NoArchiveCheck)] = "true";
            }

            return WorkerHost.RunAsync(settings, cancellationToken);
        });
        return command;
    }
}
