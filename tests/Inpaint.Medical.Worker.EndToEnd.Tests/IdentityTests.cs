using FellowOakDicom;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Marked patients go through the worker; the marks may be in DICOM objects and nowhere else.</summary>
public sealed class IdentityTests : IDisposable
{
    private static readonly (DicomTag Tag, string Mark)[] Marks =
    [
        (DicomTag.PatientName, "CANARYNAME^ZEBRA"), (DicomTag.PatientID, "CANARYID42"), (DicomTag.PatientBirthDate, "19010203"),
        (DicomTag.AccessionNumber, "CANARYACC7"), (DicomTag.StudyDescription, "CANARYSTUDY"), (DicomTag.SeriesDescription, "CANARYSERIES"),
        (DicomTag.InstitutionName, "CANARYHOSPITAL"), (DicomTag.ReferringPhysicianName, "CANARYDOCTOR"), (DicomTag.PatientComments, "CANARYCOMMENT"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("worker-identity").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task GivenMarkedPatients_WhenReceivedRefusedFilledAndDelivered_ThenNoMarkIsOutsideTheObjects()
    {
        string[] whole = Material.WholePhantom(Path.Combine(_folder, "in"));
        string[] files = Material.Renumber(whole.Where((_, index) => index != 5), Path.Combine(_folder, "marked"), 1, Mark);
        string conflict = Material.Renumber([whole[8]], Path.Combine(_folder, "conflict"), 1, Mark)[0];
        string broken = Path.Combine(_folder, "broken.dcm");
        File.WriteAllBytes(broken, File.ReadAllBytes(files[0])[..^700]);
        using ScriptedPeer peer = new ScriptedPeer().Up();
        peer.Answer = n => Task.FromResult((ushort)(n == 2 ? 0xA700 : 0));
        using var worker = new RunningWorker(
            Data, "--mode", "fill", "--no-archive-check", "--quiet", "1", "--first-retry", "0.5", "--method", "linear", "--deliver", peer.Name);
        await worker.StartAsync();

        Assert.True(Sender.Send(worker.Port, files));
        Assert.Equal(0xC0, Sender.Answer(worker.Port, conflict));
        Assert.NotEqual(0, Sender.Answer(worker.Port, broken));
        await RunningWorker.UntilAsync(async () => await worker.NewestStateAsync() == "done", "the job is done");
        string[] said =
        [
            await worker.GetAsync("/metrics"), await worker.GetAsync("/jobs"), await worker.GetAsync("/jobs/1"), await worker.GetAsync("/health/ready"),
            Inpaint("queue", "ls", "--ledger", Data), Inpaint("queue", "show", "1", "--ledger", Data),
        ];
        worker.Kill();

        string[] entries = Directory.GetFileSystemEntries(Data, "*", SearchOption.AllDirectories);
        string[] texts = [.. entries.Where(path => File.Exists(path) && !HoldsObjects(path))];
        Assert.Contains(texts, path => path.Contains("/logs/", StringComparison.Ordinal));
        Assert.Contains(texts, path => path.EndsWith("ledger.db", StringComparison.Ordinal));
        foreach (string mark in Marks.SelectMany(one => one.Mark.Split('^')))
        {
            Assert.DoesNotContain(entries, path => path.Contains(mark, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(texts, path => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path)).Contains(mark, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(said.Append(worker.Output), text => text.Contains(mark, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Received and derived objects lie in files of their own, and received ones for a while in the log of arrivals.</summary>
    private static bool HoldsObjects(string path) => Path.GetExtension(path) == ".dcm" || Path.GetFileName(path) == "arrivals.log";

    private static void Mark(DicomDataset dataset)
    {
        foreach ((DicomTag tag, string mark) in Marks)
        {
            dataset.AddOrUpdate(tag, mark);
        }
    }

    private static string Inpaint(params string[] arguments)
    {
        (int exitCode, string text) = ExternalProgram.Run(Material.Program, arguments);
        Assert.True(exitCode == 0, text);
        return text;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
