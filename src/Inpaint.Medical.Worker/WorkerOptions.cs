using System.Globalization;
using System.Net;
using Inpaint.Medical.Dicom.Network;
using Inpaint.Medical.Storage.Ledger;

namespace Inpaint.Medical.Worker;

/// <summary>Report: look, write down what is missing, deliver nothing. Fill: reconstruct and deliver.</summary>
public enum WorkerMode
{
    Report,
    Fill,
}

/// <summary>An AE title of ours and the protocols that apply to what it receives; none named: all.</summary>
public sealed record Receiver(string AeTitle, IReadOnlyList<string> Protocols);

/// <summary>Settings of the worker, from appsettings.json (section Worker), environment (INPAINT_Worker__…) and command line.</summary>
public sealed class WorkerOptions
{
    private const double LongestTime = 7 * 86400;

    /// <summary>Folder of objects, outputs and the embedded ledger.</summary>
    public string Data { get; set; } = "";

    /// <summary>"AET" or "AET=protocol,protocol"; the first is also our calling AE title.</summary>
    public List<string> Aet { get; set; } = [];

    public string Address { get; set; } = "0.0.0.0";

    public int Port { get; set; } = 11112;

    /// <summary>Second port, with TLS; needs the three files below.</summary>
    public int? TlsPort { get; set; }

    public string? TlsCertificate { get; set; }

    public string? TlsKey { get; set; }

    public string? TlsAuthorities { get; set; }

    /// <summary>Address of health, metrics, jobs and STOW-RS.</summary>
    public string Http { get; set; } = "127.0.0.1:8080";

    /// <summary>Needed, with HTTPS, for any address but loopback.</summary>
    public string? ApiKey { get; set; }

    public string? HttpCertificate { get; set; }

    public string? HttpKey { get; set; }

    /// <summary>"AET@host:port", with ",tls" or ",tls=authorities.pem" for TLS, or the address of a DICOMweb service.</summary>
    public List<string> Deliver { get; set; } = [];

    /// <summary>"AET@CIDR" or "AET&gt;CALLED@CIDR"; * for any AE title. Empty: nobody but loopback.</summary>
    public List<string> Allow { get; set; } = [];

    public WorkerMode Mode { get; set; } = WorkerMode.Report;

    /// <summary>"AET@host:port", or the address of a DICOMweb service: asked for missing slices before any is synthesised.</summary>
    public string? Archive { get; set; }

    /// <summary>Fill without an archive to ask; the record says so.</summary>
    public bool NoArchiveCheck { get; set; }

    /// <summary>A series is complete when nothing has arrived for so long.</summary>
    public double QuietSeconds { get; set; } = 60;

    /// <summary>Files that appear here are taken in.</summary>
    public string? Watch { get; set; }

    /// <summary>PostgreSQL connection string, to share the ledger; else a SQLite file in the data folder.</summary>
    public string? Ledger { get; set; }

    /// <summary>Folder of protocols.</summary>
    public string? Protocols { get; set; }

    /// <summary>Method for all protocols; null leaves it to them.</summary>
    public string? Method { get; set; }

    /// <summary>Jobs at once in this worker.</summary>
    public int Concurrency { get; set; } = 1;

    public int MostAssociations { get; set; } = 64;

    /// <summary>At once from one address; further ones are refused for the time being.</summary>
    public int MostAssociationsPerAddress { get; set; } = 16;

    /// <summary>Requested by one address in any minute; further ones are refused for the time being.</summary>
    public int MostAssociationsPerMinute { get; set; } = 6000;

    /// <summary>An association is aborted when its peer has been silent for so long, or takes so long over one PDU.</summary>
    public double LongestSilenceSeconds { get; set; } = 60;

    /// <summary>An association is aborted after so long, whatever it does.</summary>
    public double LongestAssociationSeconds { get; set; } = 4 * 3600;

    public long LargestObjectBytes { get; set; } = 2L << 30;

    /// <summary>Share of the disk in use above which nothing new is accepted, 0…1.</summary>
    public double HighWatermark { get; set; } = 0.95;

    /// <summary>Attempts of a job before it is dead.</summary>
    public int MostAttempts { get; set; } = 12;

    public double FirstRetrySeconds { get; set; } = 10;

    /// <summary>Longest time a reconstruction may take.</summary>
    public double LongestRunSeconds { get; set; } = 3600;

    /// <summary>How long a worker may be silent before another takes its job.</summary>
    public double LeaseSeconds { get; set; } = 60;

    /// <summary>Key of UIDs and patient hashes.</summary>
    public string SiteSecret { get; set; } = "";

    public TimeSpan Quiet => TimeSpan.FromSeconds(QuietSeconds);

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    public IReadOnlyList<Receiver> Receivers() => [.. Aet.Select(text =>
    {
        string[] parts = text.Split('=', 2);
        return new Receiver(parts[0], parts.Length > 1 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries) : []);
    })];

    public IReadOnlyList<AllowRule> AllowRules() => [.. Allow.Select(AllowRule.Parse).OfType<AllowRule>()];

    public IPEndPoint HttpEndPoint() => IPEndPoint.Parse(Http);

    /// <summary>Our certificate, and what those of peers must lead to.</summary>
    /// <param name="authorities">PEM; null: the common ones.</param>
    public DicomTls Tls(string? authorities = null) => DicomTls.FromPem(TlsCertificate!, TlsKey!, authorities ?? TlsAuthorities!);

    /// <summary>TLS of one destination or archive; null where it is spoken to in the clear.</summary>
    internal DicomTls? Tls(PeerSetting peer) => peer.IsTls ? Tls(peer.Authorities) : null;

    private IEnumerable<PeerSetting> TlsPeers() => Deliver.Append(Archive ?? "").Select(PeerSetting.Parse).OfType<PeerSetting>().Where(peer => peer.IsTls);

    /// <summary>Everything that is wrong, each in one line; empty when the worker can start.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        void Require(bool condition, string problem)
        {
            if (!condition)
            {
                problems.Add(problem);
            }
        }

        Require(Data.Length > 0, "--data: a folder is needed.");
        Require(Aet.Count > 0, "--aet: at least one AE title is needed.");
        foreach (Receiver receiver in Receivers())
        {
            Require(DicomPeer.Parse(receiver.AeTitle + "@host:1") is not null, $"--aet {receiver.AeTitle}: 1 to 16 characters, no backslash.");
        }

        Require(Port is > 0 and < 65536, $"--port {Port}: 1 to 65535.");
        Require(TlsPort is null or (> 0 and < 65536), $"--tls-port {TlsPort}: 1 to 65535.");
        PeerSetting[] tlsPeers = [.. TlsPeers()];
        Require((TlsPort is null && tlsPeers.Length == 0) || (TlsCertificate is not null && TlsKey is not null),
            "TLS: --tls-certificate and --tls-key are needed for --tls-port and for peers with tls.");
        Require(TlsAuthorities is not null || (TlsPort is null && tlsPeers.All(peer => peer.Authorities is not null)),
            "TLS: --tls-authorities is needed for --tls-port and for peers with tls that name none of their own.");
        string[] authorities = [.. tlsPeers.Select(peer => peer.Authorities).Prepend(TlsAuthorities).OfType<string>().Distinct()];
        foreach (string? file in authorities.Append(TlsCertificate).Append(TlsKey).Append(HttpCertificate).Append(HttpKey))
        {
            Require(file is null || File.Exists(file), $"{file}: no such file.");
        }

        problems.AddRange(authorities.Select(DicomTls.ProblemOfAuthorities)
            .Append(DicomTls.ProblemOfCertificate(TlsCertificate, TlsKey)).Append(DicomTls.ProblemOfCertificate(HttpCertificate, HttpKey)).OfType<string>());

        bool httpValid = IPEndPoint.TryParse(Http, out IPEndPoint? http) && http.Port > 0;
        Require(httpValid, $"--http {Http}: an address and a port, such as 127.0.0.1:8080.");
        Require(!httpValid || IPAddress.IsLoopback(http!.Address) || (ApiKey is { Length: >= 16 } && HttpCertificate is not null && HttpKey is not null),
            $"--http {Http}: beyond loopback an API key of at least 16 characters, a certificate and its key are needed.");
        foreach (string destination in Deliver)
        {
            Require(IsPeerOrUrl(destination), $"--deliver {destination}: AET@host:port, with ,tls or ,tls=authorities.pem for TLS, or an http(s) address.");
        }

        foreach (string rule in Allow)
        {
            Require(AllowRule.Parse(rule) is not null, $"--allow {rule}: AET@CIDR, such as CT1@192.0.2.0/24.");
        }

        Require(Archive is null || IsPeerOrUrl(Archive), $"--archive {Archive}: AET@host:port, with ,tls or ,tls=authorities.pem for TLS, or an http(s) address.");
        Require(Mode == WorkerMode.Report || Archive is not null || NoArchiveCheck,
            "--mode fill: an --archive to ask for missing slices, or --no-archive-check, is needed.");
        Require(Mode == WorkerMode.Report || Deliver.Count > 0, "--mode fill: at least one --deliver is needed.");
        Require(MostAssociations > 0, $"--associations {MostAssociations}: at least 1.");
        Require(MostAssociationsPerAddress > 0, $"--associations-per-address {MostAssociationsPerAddress}: at least 1.");
        Require(MostAssociationsPerMinute > 0, $"--associations-per-minute {MostAssociationsPerMinute}: at least 1.");
        Require(LongestSilenceSeconds is >= 1 and <= LongestTime, string.Create(CultureInfo.InvariantCulture, $"--longest-silence {LongestSilenceSeconds}: 1 second to 7 days."));
        Require(LongestAssociationSeconds is >= 1 and <= LongestTime, string.Create(CultureInfo.InvariantCulture, $"--longest-association {LongestAssociationSeconds}: 1 second to 7 days."));
        Require(LargestObjectBytes > 0, $"--largest-object {LargestObjectBytes}: at least 1 byte.");
        Require(QuietSeconds > 0, "--quiet: more than 0 seconds.");
        Require(LeaseSeconds >= 1 && LeaseSeconds <= SeriesLedger.LongestLease.TotalSeconds, string.Create(CultureInfo.InvariantCulture, $"--lease {LeaseSeconds}: 1 second to 1 hour."));
        Require(Concurrency is > 0 and <= 64, "--concurrency: 1 to 64.");
        Require(HighWatermark is > 0 and <= 1, string.Create(CultureInfo.InvariantCulture, $"--high-watermark {HighWatermark}: above 0, at most 1."));
        return problems;
    }

    internal static bool IsPeerOrUrl(string text) => PeerSetting.Parse(text) is not null || WebUrl(text) is not null;

    internal static Uri? WebUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is ("http" or "https") ? url : null;
}
