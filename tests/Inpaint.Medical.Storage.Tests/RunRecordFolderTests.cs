using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Provenance;
using Xunit;

namespace Inpaint.Medical.Storage.Tests;

public sealed class RunRecordFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("records").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ARecordComesBackAsItWas()
    {
        RunRecord record = Record();

        await new RunRecordFolder(_folder).AppendAsync(record, TestContext.Current.CancellationToken);

        string file = Assert.Single(Directory.GetFiles(_folder));
        RunRecord read = RunRecordJson.Deserialize(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(RunRecordJson.Serialize(record), RunRecordJson.Serialize(read));
        Assert.Equal(record.RunId, read.RunId);
    }

    [Fact]
    public async Task TheSameRecordTwiceGivesTwoFiles()
    {
        var log = new RunRecordFolder(_folder);
        await log.AppendAsync(Record(), TestContext.Current.CancellationToken);
        await log.AppendAsync(Record(), TestContext.Current.CancellationToken);

        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task GivenAFolderThatCannotBe_WhenAppended_ThenRecordNotWritable()
    {
        string file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "in the way", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<InpaintException>(() => new RunRecordFolder(file).AppendAsync(Record(), default));

        Assert.Equal(ErrorCode.RecordNotWritable, error.Code);
    }

    private static RunRecord Record() => new()
    {
        RunId = "0123456789abcdef",
        StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Outcome = RunOutcome.Refused,
        Error = ErrorCode.GapTooLong,
        ErrorMessage = "Gap of 30.0 mm.",
        Software = [new Component("Inpaint.Medical", "1.0")],
        SourceSeriesInstanceUid = "1.2.3",
        Inputs = [new InputInstance("1.2.3.4", "ab")],
        Findings = [new Finding { Code = ErrorCode.SlicesMissing, Severity = FindingSeverity.Warning, Message = "One slice is missing." }],
        Stages = [new StageRecord("Mask", ImmutableSortedDictionary<string, string>.Empty.Add("ends", "Refuse"), "aa", "bb", 0.25)],
        Choices = [new MethodChoice([3], new MethodIdentity("linear", "1"), "best", [new MethodEvidence("cubic", double.NaN, [2])])],
        Output = [],
    };
}
