using System.Net;
using Inpaint.Medical.Dicom.Network;
using Xunit;

namespace Inpaint.Medical.Worker.Tests;

public sealed class WorkerOptionsTests
{
    [Fact]
    public void GivenSettingsThatWork_WhenChecked_ThenNothingIsWrong() => Assert.Empty(Valid().Problems());

    [Fact]
    public void GivenManyMistakes_WhenChecked_ThenEachIsNamedAtOnce()
    {
        WorkerOptions options = Valid();
        options.Data = "";
        options.Port = 99999;
        options.Deliver = ["nonsense"];
        options.Allow = ["CT1@not-a-network"];
        options.Http = "0.0.0.0:8080";

        IReadOnlyList<string> problems = options.Problems();

        Assert.Equal(["--data", "--port", "--http", "--deliver", "--allow"], problems.Select(problem => problem.Split(' ', ':')[0]));
    }

    [Theory]
    [InlineData(0.9, 60, "--longest-silence")]
    [InlineData(604801, 60, "--longest-silence")]
    [InlineData(60, 0, "--longest-association")]
    [InlineData(60, double.NaN, "--longest-association")]
    [InlineData(1, 604800, null)]
    public void TimesOfAssociationsAreBounded(double silence, double association, string? wrong)
    {
        WorkerOptions options = Valid();
        options.LongestSilenceSeconds = silence;
        options.LongestAssociationSeconds = association;

        Assert.Equal(wrong, options.Problems().SingleOrDefault()?.Split(' ')[0]);
    }

    [Theory]
    [InlineData(0, "--lease")]
    [InlineData(double.NaN, "--lease")]
    [InlineData(3601, "--lease")]
    [InlineData(3600, null)]
    public void ALeaseIsBounded(double lease, string? wrong)
    {
        WorkerOptions options = Valid();
        options.LeaseSeconds = lease;

        Assert.Equal(wrong, options.Problems().SingleOrDefault()?.Split(' ')[0]);
    }

    [Fact]
    public void GivenFillWithoutArchive_WhenChecked_ThenAnExplicitWordIsAskedFor()
    {
        WorkerOptions options = Valid();
        options.NoArchiveCheck = false;

        Assert.Contains(options.Problems(), problem => problem.Contains("--no-archive-check", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CT1@192.0.2.0/24", "CT1", "INPAINT", "192.0.2.7", true)]
    [InlineData("CT1@192.0.2.0/24", "CT2", "INPAINT", "192.0.2.7", false)]
    [InlineData("CT1@192.0.2.0/24", "CT1", "INPAINT", "192.0.3.7", false)]
    [InlineData("*@192.0.2.7", "ANY", "INPAINT", "192.0.2.7", true)]
    [InlineData("CT1>RESEARCH@192.0.2.0/24", "CT1", "INPAINT", "192.0.2.7", false)]
    [InlineData("CT1>RESEARCH@192.0.2.0/24", "CT1", "RESEARCH", "192.0.2.7", true)]
    [InlineData("CT1@192.0.2.0/24", "CT1", "INPAINT", "::ffff:192.0.2.7", true)]
    public void AnAllowRuleAsksForCallerCalledAndNetwork(string rule, string calling, string called, string address, bool allowed) =>
        Assert.Equal(allowed, AllowRule.Parse(rule)!.Matches(new AssociationPeer(calling, called, IPAddress.Parse(address))));

    [Theory]
    [InlineData("PACS@host:104", true)]
    [InlineData("PACS@[::1]:104", true)]
    [InlineData("PACS@host", false)]
    [InlineData("PACS@host:0", false)]
    [InlineData("MORE-THAN-SIXTEEN-CHARACTERS@host:104", false)]
    [InlineData("BACK\\SLASH@host:104", false)]
    public void APeerIsTitleHostAndPort(string text, bool valid) => Assert.Equal(valid, DicomPeer.Parse(text) is not null);

    [Theory]
    [InlineData("PACS@host:104", false, null)]
    [InlineData("PACS@host:104,tls", true, null)]
    [InlineData("PACS@host:104,tls=ca.pem", true, "ca.pem")]
    public void APeerMaySpeakTls(string text, bool isTls, string? authorities) =>
        Assert.Equal((isTls, authorities), (PeerSetting.Parse(text)!.IsTls, PeerSetting.Parse(text)!.Authorities));

    [Theory]
    [InlineData("PACS@host:104,")]
    [InlineData("PACS@host:104,ssl")]
    [InlineData("PACS@host:104,tls=")]
    [InlineData("PACS@host,tls")]
    public void AMisspeltPeerIsNone(string text) => Assert.Null(PeerSetting.Parse(text));

    [Fact]
    public void GivenTlsPeersWithoutCertificates_WhenChecked_ThenAllThatIsMissingIsNamedAtOnce()
    {
        WorkerOptions options = Valid();
        options.Deliver = ["PACS@127.0.0.1:104,tls"];
        options.Archive = "PACS@127.0.0.1:104,tls=/no/such.pem";

        IReadOnlyList<string> problems = options.Problems();

        Assert.Contains(problems, problem => problem.Contains("--tls-certificate", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("--tls-authorities", StringComparison.Ordinal));
        Assert.Contains("/no/such.pem: no such file.", problems);
    }

    [Fact]
    public void GivenAFileThatIsNoCertificate_WhenChecked_ThenItIsNamed()
    {
        string file = Path.GetTempFileName();
        WorkerOptions options = Valid();
        (options.TlsPort, options.TlsCertificate, options.TlsKey, options.TlsAuthorities) = (2762, file, file, file);

        IReadOnlyList<string> problems = options.Problems();

        File.Delete(file);
        Assert.Equal(2, problems.Count(problem => problem.StartsWith(file, StringComparison.Ordinal)));
    }

    private static WorkerOptions Valid() => new()
    {
        Data = "/tmp",
        Aet = ["INPAINT", "RESEARCH=mr-general"],
        Mode = WorkerMode.Fill,
        NoArchiveCheck = true,
        Deliver = ["PACS@127.0.0.1:104", "http://127.0.0.1:8042/dicom-web"],
    };
}
