using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

public sealed class ReconstructTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void AGapIsFilledAndEverythingElseIsAsAcquiredBitForBit()
    {
        string input = _work.Phantom("in", "--drop", "9");

        JsonElement record = Reconstruct(input, "out");

        JsonElement[] slices = [.. record.GetProperty("output").EnumerateArray()];
        Assert.Equal(20, slices.Length);
        Assert.Equal("Synthetic", slices[9].GetProperty("kind").GetString());
        foreach (JsonElement slice in slices.Where(slice => slice.GetProperty("kind").GetString() == "Copy"))
        {
            string written = _work.At("out", "series-1", slice.GetProperty("location").GetString()!);
            string source = Path.Combine(input, string.Create(CultureInfo.InvariantCulture, $"IM{slice.GetProperty("slice").GetInt32() + 1:D4}.dcm"));
            Assert.Equal(DicomPatch.Pixels(source), DicomPatch.Pixels(written));
            Assert.Equal(Sha256(DicomPatch.Pixels(written)), slice.GetProperty("outputPixelSha256").GetString());
            Assert.Equal(slice.GetProperty("sourcePixelSha256").GetString(), slice.GetProperty("outputPixelSha256").GetString());
            Assert.Equal(Sha256(File.ReadAllBytes(written)), slice.GetProperty("fileSha256").GetString());
        }
    }

    [Fact]
    public void TheStagesFormAChainFromTheBytesReadToTheBytesWritten()
    {
        JsonElement record = Reconstruct(_work.Phantom("in", "--drop", "9"), "out");

        JsonElement[] stages = [.. record.GetProperty("stages").EnumerateArray()];
        Assert.Equal(
            ["Receive", "Group", "BuildVolume", "Mask", "Infer", "Composite", "Write", "Deliver"],
            stages.Select(stage => stage.GetProperty("stage").GetString()));
        Assert.All(stages.Zip(stages.Skip(1)), pair =>
            Assert.Equal(pair.First.GetProperty("outputSha256").GetString(), pair.Second.GetProperty("inputSha256").GetString()));
    }

    [Fact]
    public void SpoiledSlicesAreReplaced()
    {
        JsonElement record = Reconstruct(_work.Phantom("in", "--drop", "4", "--truncate", "9", "--blank", "14"), "out");

        Assert.Equal([4, 9, 14], Rebuilt(record));
    }

    [Fact]
    public void UncertaintyLiesBesideTheSeries()
    {
        JsonElement record = Reconstruct(_work.Phantom("in", "--drop", "9"), "out", "--method", "transformer", "--uncertainty");

        byte[] file = File.ReadAllBytes(_work.At("out", "series-1", "uncertainty.nii.gz"));
        Assert.Equal(Sha256(file), record.GetProperty("uncertainty").GetProperty("sha256").GetString());
        using var voxels = new MemoryStream();
        using (var zipped = new GZipStream(new MemoryStream(file), CompressionMode.Decompress)) zipped.CopyTo(voxels);
        float[] sigma = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(voxels.ToArray().AsSpan(352)).ToArray();
        Assert.Equal(20 * 32 * 32, sigma.Length);
        for (int i = 0; i < sigma.Length; i++)
        {
            bool isPredicted = i / (32 * 32) == 9;
            Assert.True(isPredicted ? sigma[i] > 0 && float.IsFinite(sigma[i]) : sigma[i] == 0, $"voxel {i}: {sigma[i]}");
        }
    }

    [Fact]
    public void UncertaintyOfAClassicalMethodIsRefused() =>
        InpaintProgram.Run("reconstruct", _work.Phantom("in", "--drop", "9"), "-o", _work.At("out"), "--method", "cubic", "--uncertainty").MustBeRejected(3, "UncertaintyNotGiven");

    [Fact]
    public void SparseModeWritesTheRebuiltSlicesOnly()
    {
        JsonElement record = Reconstruct(_work.Phantom("in", "--drop", "7,8"), "out", "--mode", "sparse");

        Assert.Equal([7, 8], record.GetProperty("output").EnumerateArray().Select(slice => slice.GetProperty("slice").GetInt32()));
        Assert.Equal(2, Directory.GetFiles(_work.At("out", "series-1"), "*.dcm").Length);
    }

    [Fact]
    public void SlicesGivenByHandAreRebuilt()
    {
        JsonElement record = Reconstruct(_work.Phantom("in"), "out", "--slices", "5,11-12");

        Assert.Equal([5, 11, 12], Rebuilt(record));
    }

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    [InlineData("cubic")]
    [InlineData("spline")]
    public void TheMethodAskedForIsTheOneThatRuns(string method)
    {
        JsonElement record = Reconstruct(_work.Phantom("in", "--drop", "9"), "out", "--method", method);

        Assert.Equal(method, record.GetProperty("choices")[0].GetProperty("method").GetProperty("name").GetString());
    }

    [Fact]
    public void AutoRecordsItsEvidence()
    {
        JsonElement record = Reconstruct(_work.Phantom("in", "--drop", "9"), "out");

        JsonElement choice = record.GetProperty("choices")[0];
        JsonElement[] evidence = [.. choice.GetProperty("evidence").EnumerateArray()];
        Assert.True(evidence.Length >= 4);
        double best = evidence.Where(e => e.GetProperty("meanSquaredError").ValueKind == JsonValueKind.Number).Min(e => e.GetProperty("meanSquaredError").GetDouble());
        Assert.Equal(best, evidence.Single(e => e.GetProperty("method").GetString() == choice.GetProperty("method").GetProperty("name").GetString()).GetProperty("meanSquaredError").GetDouble());
    }

    [Fact]
    public void RunsOnDifferentDaysGiveTheSameBytes()
    {
        string input = _work.Phantom("in", "--drop", "9", "--blank", "14");

        InpaintProgram.RunIn(Clock("1700000000"), "reconstruct", input, "-o", _work.At("a")).MustSucceed();
        InpaintProgram.RunIn(Clock("1800000000"), "reconstruct", input, "-o", _work.At("b")).MustSucceed();
        JsonElement free = Reconstruct(input, "c");

        string[] files = [.. Directory.GetFiles(_work.At("a", "series-1"), "*.dcm").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(20, files.Length);
        Assert.All(files, file => Assert.All(new[] { "b", "c" }, other => Assert.Equal(
            File.ReadAllBytes(_work.At("a", "series-1", file)), File.ReadAllBytes(_work.At(other, "series-1", file)))));
        JsonElement[] records = [Record("a"), Record("b"), free];
        Assert.Equal(3, records.Select(record => record.GetProperty("startedAt").GetString()).Distinct().Count());
        Assert.Single(records.Select(record => record.GetProperty("runId").GetString()).Distinct());
        Assert.All(records, record => Assert.Equal(Identities(free), Identities(record)));
    }

    private static Dictionary<string, string> Clock(string seconds) => new() { ["SOURCE_DATE_EPOCH"] = seconds };

    [Fact]
    public void ANothingToDoSaysSoAndWritesNothing()
    {
        ProgramRun run = InpaintProgram.Run("reconstruct", _work.Phantom("in"), "-o", _work.At("out")).MustSucceed();

        Assert.Contains("Nothing is missing", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_work.At("out")));
    }

    [Fact]
    public void ADryRunWritesNothing()
    {
        ProgramRun run = InpaintProgram.Run("reconstruct", _work.Phantom("in", "--drop", "9"), "--dry-run", "--json").MustSucceed();

        JsonElement record = run.Json.GetProperty("series")[0].GetProperty("record");
        Assert.Equal("Reported", record.GetProperty("outcome").GetString());
        Assert.Equal([9], Rebuilt(record));
        Assert.Empty(_work.Leftovers("in"));
    }

    [Fact]
    public void ASeriesThatIsRefusedDoesNotStopTheNext()
    {
        _work.Phantom("in/good", "--drop", "9", "--modality", "CT");
        _work.Phantom("in/bad", "--drop", "5-12", "--modality", "MR");

        ProgramRun run = InpaintProgram.Run("reconstruct", _work.At("in"), "-o", _work.At("out"), "--json", "--records", _work.At("records"));

        run.MustBeRejected(4, "GapTooLong");
        Assert.Equal(
            ["Reconstructed", "Refused"],
            run.Json.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("record").GetProperty("outcome").GetString()).Order());
        Assert.Single(Directory.GetDirectories(_work.At("out")));
        Assert.Equal(2, Directory.GetFiles(_work.At("records"), "*.json").Length);
    }

    [Fact]
    public void ZipArchivesPatternsAndSingleFilesAreInputToo()
    {
        string input = _work.Phantom("in", "--drop", "9");
        ZipFile.CreateFromDirectory(input, _work.At("series.zip"));

        JsonElement folder = Reconstruct(input, "a");
        Reconstruct(_work.At("series.zip"), "b");
        Reconstruct(Path.Combine(input, "*.dcm"), "c");
        InpaintProgram.Run(["reconstruct", .. Directory.GetFiles(input), "-o", _work.At("d")]).MustSucceed();

        Assert.All(["b", "c", "d"], other => Assert.Equal(Identities(folder), Identities(Record(other))));
    }

    [Fact]
    public void TheInputIsNeverChanged()
    {
        string input = _work.Phantom("in", "--drop", "9", "--truncate", "12");
        string before = Digest(input);

        Reconstruct(input, "out");

        Assert.Equal(before, Digest(input));
    }

    [Fact]
    public void NoRecordAndNoNameHoldsThePatient()
    {
        string input = _work.Phantom("CANARYFOLDER", "--drop", "9", "--blank", "13");
        DicomPatch.Folder(input, patch =>
        {
            patch.Set(0x00100010, "PN", "CANARYNAME^X");
            patch.Set(0x00100020, "LO", "CANARYID");
            patch.Set(0x00100030, "DA", "19430817");
        });
        foreach (string file in Directory.GetFiles(input))
        {
            File.Move(file, Path.Combine(input, "CANARYFILE" + Path.GetFileName(file)));
        }

        InpaintProgram.Run("reconstruct", input, "-o", _work.At("out"), "--records", _work.At("records")).MustSucceed();

        string[] records = [.. Directory.GetFiles(_work.At("records")), .. Directory.GetFiles(_work.At("out"), "*.json", SearchOption.AllDirectories)];
        Assert.NotEmpty(records);
        Assert.All(records, file =>
        {
            string text = File.ReadAllText(file);
            Assert.DoesNotContain("CANARY", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("19430817", text, StringComparison.Ordinal);
        });
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_work.At("out"), "*", SearchOption.AllDirectories), path => path.Contains("CANARY", StringComparison.Ordinal));
    }

    private JsonElement Reconstruct(string input, string output, params string[] options)
    {
        InpaintProgram.Run(["reconstruct", input, "-o", _work.At(output), .. options]).MustSucceed();
        return Record(output);
    }

    private JsonElement Record(string output)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(_work.At(output, "series-1", "provenance.json")));
        return document.RootElement.Clone();
    }

    private static IEnumerable<int> Rebuilt(JsonElement record) => record.GetProperty("output").EnumerateArray()
        .Where(slice => slice.GetProperty("kind").GetString() != "Copy").Select(slice => slice.GetProperty("slice").GetInt32());

    private static string[] Identities(JsonElement record) =>
    [
        .. record.GetProperty("output").EnumerateArray()
            .Select(slice => $"{slice.GetProperty("sopInstanceUid").GetString()} {slice.GetProperty("outputPixelSha256").GetString()}"),
    ];

    private static string Digest(string folder) => string.Join('\n', Directory.GetFiles(folder).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Sha256(File.ReadAllBytes(file))} {File.GetLastWriteTimeUtc(file).Ticks}"));

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
