using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class ReconstructionPipelineTests
{
    private static readonly RunRequest Reconstruct = new(RunExtent.Reconstruct, null, Some.Options);

    [Fact]
    public async Task GivenAGap_WhenRun_ThenTheSeriesIsDeliveredWithTheSameRecordThatIsLogged()
    {
        var (sink, log) = (new MemorySink(), new MemoryLog());

        PipelineResult result = await Run(Phantom.Series().Without(5), sink, log);

        SeriesResult series = Assert.Single(result.Series);
        Assert.Equal(RunOutcome.Reconstructed, series.Record.Outcome);
        Assert.Equal(12, Assert.Single(sink.Committed).Slices.Length);
        Assert.Equal(RunRecordJson.Serialize(Assert.Single(log.Records)), sink.Attached[DeliverStage.RecordFileName]);
        Assert.Equal(12, series.Record.Output.Length);
        Assert.Equal("Synthetic", series.Record.Output[5].Kind);
        Assert.Equal(series.Record.DerivedSeriesInstanceUid, sink.Committed[0].SeriesInstanceUid);
    }

    [Fact]
    public async Task EveryStageTakesUpTheDigestOfTheOneBefore()
    {
        PipelineResult result = await Run(Phantom.Series().Without(5), new MemorySink(), null);

        ImmutableArray<StageRecord> stages = result.Series[0].Record.Stages;
        Assert.Equal(["Receive", "Group", "BuildVolume", "Mask", "Infer", "Composite", "Write", "Deliver"], stages.Select(stage => stage.Stage));
        Assert.All(stages.Zip(stages.Skip(1)), pair => Assert.Equal(pair.First.OutputSha256, pair.Second.InputSha256));
    }

    [Fact]
    public async Task AReplayGivesTheSameChainAndRun()
    {
        RunRecord first = (await Run(Phantom.Series().Without(5), new MemorySink(), null)).Series[0].Record;
        RunRecord second = (await Run(Phantom.Series().Without(5).Shuffled(3), new MemorySink(), null)).Series[0].Record;

        Assert.Equal(first.Stages.Select(stage => stage.OutputSha256), second.Stages.Select(stage => stage.OutputSha256));
        Assert.Equal(first.RunId, second.RunId);
    }

    [Fact]
    public async Task AnotherVoxelGivesAnotherChain()
    {
        RunRecord first = (await Run(Phantom.Series().Without(5), new MemorySink(), null)).Series[0].Record;
        MemorySource changed = Phantom.Series().Without(5);
        changed.Pixels(2)[100] ^= 1;
        RunRecord second = (await Run(changed, new MemorySink(), null)).Series[0].Record;

        Assert.NotEqual(first.Stages[2].OutputSha256, second.Stages[2].OutputSha256);
        Assert.NotEqual(first.RunId, second.RunId);
    }

    [Fact]
    public async Task GivenARefusal_WhenRun_ThenItIsRecordedAndTheNextSeriesHasItsTurn()
    {
        MemorySource source = Phantom.Series(20).Without(5, 6, 7, 8, 9, 10, 11, 12);
        source.Add(Other(Phantom.Series().Without(4)));
        var (sink, log) = (new MemorySink(), new MemoryLog());

        PipelineResult result = await Run(source, sink, log);

        Assert.Equal([RunOutcome.Refused, RunOutcome.Reconstructed], result.Series.Select(series => series.Record.Outcome).Order().Reverse());
        RunRecord refused = log.Records.Single(record => record.Outcome == RunOutcome.Refused);
        Assert.Equal(ErrorCode.GapTooLong, refused.Error);
        Assert.NotEmpty(refused.Findings);
        Assert.Empty(refused.Output);
        Assert.Single(sink.Committed);
    }

    [Fact]
    public async Task GivenAFaultOfTheProgram_WhenRun_ThenItIsRecordedAsInternalAndTheNextSeriesHasItsTurn()
    {
        MemorySource source = Phantom.Series().Without(5).Add(Other(Phantom.Series().Without(4)));
        var (sink, log) = (new MemorySink { FailsOnce = new InvalidOperationException("a fault") }, new MemoryLog());

        PipelineResult result = await Run(source, sink, log);

        Assert.Equal([ErrorCode.Internal, ErrorCode.None], result.Series.Select(series => series.Record.Error).OrderDescending());
        Assert.Equal(2, log.Records.Count);
        Assert.Single(sink.Committed);
        Assert.Single(sink.Abandoned);
    }

    [Fact]
    public async Task GivenASinkThatRefuses_WhenRun_ThenNothingIsDelivered()
    {
        var sink = new MemorySink { FailsOnce = new InpaintException(ErrorCode.OutputNotWritable, "The disk is full.") };

        PipelineResult result = await Run(Phantom.Series().Without(5), sink, null);

        Assert.Equal(ErrorCode.OutputNotWritable, result.Series[0].Record.Error);
        Assert.Null(result.Series[0].Delivery);
        Assert.Empty(sink.Committed);
    }

    [Fact]
    public async Task GivenALogThatCannotBeWritten_WhenRun_ThenTheRunFails()
    {
        var log = new MemoryLog { Failure = new InpaintException(ErrorCode.RecordNotWritable, "The disk is full.") };

        var error = await Assert.ThrowsAsync<InpaintException>(() => Run(Phantom.Series().Without(5), new MemorySink(), log));

        Assert.Equal(ErrorCode.RecordNotWritable, error.Code);
    }

    [Fact]
    public async Task GivenAWholeSeries_WhenRun_ThenNothingIsWritten()
    {
        var sink = new MemorySink();

        PipelineResult result = await Run(Phantom.Series(), sink, null);

        Assert.Equal(RunOutcome.NothingToDo, result.Series[0].Record.Outcome);
        Assert.Empty(sink.Committed);
    }

    [Fact]
    public async Task GivenACancellation_WhenRun_ThenItIsRecordedAndNoFurtherSeriesIsBegun()
    {
        MemorySource source = Phantom.Series().Without(5).Add(Other(Phantom.Series().Without(4)));
        using var cancellation = new CancellationTokenSource();
        var log = new MemoryLog();
        var progress = new Callback(stage =>
        {
            if (stage == "Composite")
            {
                cancellation.Cancel();
            }
        });

        PipelineResult result = await Pipeline(log).RunAsync(source, new MemorySink(), Reconstruct, progress, cancellation.Token);

        Assert.True(result.IsCancelled);
        Assert.Equal(ErrorCode.Cancelled, Assert.Single(log.Records).Error);
    }

    [Fact]
    public async Task GivenAnInspection_WhenRun_ThenItEndsAfterTheMask()
    {
        PipelineResult result = await Pipeline(null).RunAsync(
            Phantom.Series().Without(5), null, Reconstruct with { Extent = RunExtent.Inspect }, null, CancellationToken.None);

        Assert.Equal("Mask", result.Series[0].Record.Stages[^1].Stage);
        Assert.Equal(RunOutcome.Reported, result.Series[0].Record.Outcome);
        Assert.Equal(5, Assert.Single(result.Series[0].Mask!.Decisions).Slice);
    }

    [Fact]
    public async Task RecordsHoldNoFileNames()
    {
        MemorySource source = Phantom.Series(20).Without(5).Spoiled(9, ErrorCode.SliceTruncated)
            .With((index, header) => header with { Source = $"/data/DOE^JOHN/CANARY{index:00}.dcm" });
        var log = new MemoryLog();

        PipelineResult result = await Run(source, new MemorySink(), log);

        Assert.Contains(result.Series[0].Findings, finding => finding.Sources.Any(name => name.Contains("CANARY", StringComparison.Ordinal)));
        string text = System.Text.Encoding.UTF8.GetString(RunRecordJson.Serialize(log.Records[0]));
        Assert.DoesNotContain("CANARY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("DOE", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheMatchingProtocolOfHighestPriorityIsChosenAndObjectionsSayWhy()
    {
        Protocol general = Some.Protocol with { Name = "general", Match = new MatchRule.Modality(["CT"]), Priority = 1 };
        Protocol thin = Some.Protocol with
        {
            Name = "thin",
            Priority = 9,
            Match = new MatchRule.All([new MatchRule.Modality(["CT"]), new MatchRule.SliceSpacing(null, 1), new MatchRule.Not(new MatchRule.SliceCount(100, null))]),
        };
        ImageSeries wide = Phantom.Series(12, 32, 2.5).AsSeries(), narrow = Phantom.Series(12, 32, 0.8).AsSeries();

        Assert.Equal("general", ProtocolMatcher.Choose([general, thin], wide).Name);
        Assert.Equal("thin", ProtocolMatcher.Choose([general, thin], narrow).Name);
        Assert.Equal("thin", ProtocolMatcher.Choose([general, thin], wide, "thin").Name);
        Assert.Equal(
            "slice spacing is at most 1 mm does not hold (found 2.5 mm)",
            Assert.Single(ProtocolMatcher.Judge([thin], SeriesTraits.Of(wide))[0].Objections));
        Assert.Equal(
            ErrorCode.ProtocolNotMatched,
            Assert.Throws<InpaintException>(() => ProtocolMatcher.Choose([general with { Match = new MatchRule.Modality(["MR"]) }], wide)).Code);
    }

    private static MemorySource Other(MemorySource source) => source.With(header => header with
    {
        Source = "other/" + header.Source,
        SeriesInstanceUid = header.SeriesInstanceUid + ".7",
        SopInstanceUid = header.SopInstanceUid + ".7",
    });

    [Fact]
    public async Task GivenUncertaintyAsked_WhenTheMethodGivesIt_ThenItLiesBesideTheSeriesAndInTheRecord()
    {
        var sink = new MemorySink();
        RunRequest request = Reconstruct with { Options = new RunOptions("learned", WithUncertainty: true) };

        PipelineResult result = await Pipeline(null, new Learned()).RunAsync(Phantom.Series(6).Without(2), sink, request, null, CancellationToken.None);

        Assert.Equal("0 0 7 0 0 0", System.Text.Encoding.ASCII.GetString(sink.Attached["sigma.txt"]));
        Assert.Equal(new UncertaintyFile("sigma.txt", CanonicalDigest.OfBytes(sink.Attached["sigma.txt"])), result.Series[0].Record.Uncertainty);
    }

    [Fact]
    public async Task GivenUncertaintyAsked_WhenAClassicalMethodIsNamed_ThenRefused()
    {
        var sink = new MemorySink();
        RunRequest request = Reconstruct with { Options = new RunOptions("cubic", WithUncertainty: true) };

        PipelineResult result = await Pipeline(null).RunAsync(Phantom.Series(6).Without(2), sink, request, null, CancellationToken.None);

        Assert.Equal(ErrorCode.UncertaintyNotGiven, result.Series[0].Record.Error);
        Assert.Empty(sink.Committed);
    }

    [Fact]
    public async Task GivenUncertaintyAsked_WhenAutoTakesAClassicalMethod_ThenAFindingAndNoFile()
    {
        var sink = new MemorySink();
        RunRequest request = Reconstruct with { Options = new RunOptions("auto", WithUncertainty: true) };

        PipelineResult result = await Pipeline(null).RunAsync(Phantom.Series(6).Without(2), sink, request, null, CancellationToken.None);

        VolumeAssert.Single(ErrorCode.UncertaintyNotGiven, result.Series[0].Record.Findings);
        Assert.Null(result.Series[0].Record.Uncertainty);
        Assert.DoesNotContain("sigma.txt", sink.Attached.Keys);
        Assert.Single(sink.Committed);
    }

    private static Task<PipelineResult> Run(MemorySource source, IInstanceSink sink, IRunRecordLog? log) =>
        Pipeline(log).RunAsync(source, sink, Reconstruct, null, CancellationToken.None);

    private static ReconstructionPipeline Pipeline(IRunRecordLog? log, params IVolumeReconstructor[] more) =>
        new([Some.Protocol], [.. Some.Methods, .. more], Some.Uids, [new Component("test", "1")], new FirstVoxels(), log, TimeProvider.System);

    /// <summary>The first voxel of each slice, as text.</summary>
    private sealed class FirstVoxels : IUncertaintyFormat
    {
        public string FileName => "sigma.txt";

        public ReadOnlyMemory<byte> Encode(VolumeGeometry geometry, IReadOnlyList<float[]> slices) =>
            System.Text.Encoding.ASCII.GetBytes(string.Join(' ', slices.Select(slice => slice[0])));
    }

    /// <summary>Says of every voxel that it errs by 7.</summary>
    private sealed class Learned : IVolumeReconstructor
    {
        public MethodIdentity Identity { get; } = new("learned", "1", new string('0', 64));

        public bool CanPredict(ReconstructionRequest request, int slice) => true;

        public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken) =>
            [.. request.Targets.Select(slice => new SlicePrediction(slice, new float[request.Volume.Geometry.SliceLength], [0], Sevens(request)))];

        private static float[] Sevens(ReconstructionRequest request) => [.. Enumerable.Repeat(7f, request.Volume.Geometry.SliceLength)];
    }

    private sealed class Callback(Action<string> report) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => report(value.Stage);
    }

    private sealed class MemoryLog : IRunRecordLog
    {
        public List<RunRecord> Records { get; } = [];

        public Exception? Failure { get; init; }

        public Task AppendAsync(RunRecord record, CancellationToken cancellationToken)
        {
            Records.Add(record);
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }
    }

    private sealed class MemorySink : IInstanceSink
    {
        public List<DerivedSeries> Committed { get; } = [];

        public List<DerivedSeries> Abandoned { get; } = [];

        public Dictionary<string, byte[]> Attached { get; } = [];

        public Exception? FailsOnce { get; set; }

        public Task<IStagedDelivery> StageAsync(DerivedSeries series, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult<IStagedDelivery>(new Staged(this, series));
        }

        private sealed class Staged(MemorySink sink, DerivedSeries series) : IStagedDelivery
        {
            private bool _isCommitted;

            public Delivery Delivery => new("memory", [.. series.Slices.Select(slice => new DeliveredInstance(slice.SopInstanceUid, $"{slice.Slice}", "00"))]);

            public Task AttachAsync(string fileName, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
            {
                sink.Attached[fileName] = content.ToArray();
                return Task.CompletedTask;
            }

            public Task CommitAsync(CancellationToken cancellationToken)
            {
                if (sink.FailsOnce is { } failure)
                {
                    sink.FailsOnce = null;
                    return Task.FromException(failure);
                }

                _isCommitted = true;
                sink.Committed.Add(series);
                return Task.CompletedTask;
            }

            public ValueTask DisposeAsync()
            {
                if (!_isCommitted)
                {
                    sink.Abandoned.Add(series);
                }

                return ValueTask.CompletedTask;
            }
        }
    }
}
