using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Composition;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>
/// The run of one series as it proceeds: times each stage, chains the digests, and gives the record at whatever point the run ends.
/// </summary>
internal sealed class SeriesRun
{
    private readonly ImageSeries _series;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<Component> _software;
    private readonly Action<string> _announce;
    private readonly ImmutableArray<StageRecord>.Builder _stages = ImmutableArray.CreateBuilder<StageRecord>();
    private readonly ImmutableArray<MethodIdentity> _methods;
    private ImmutableArray<InputInstance> _inputs = [];
    private string _digest = CanonicalDigest.OfBytes([]);
    private BuiltVolume? _built;
    private SliceMask? _mask;
    private Inference? _inference;
    private Composite? _composite;
    private DerivedSeries? _derived;
    private Delivery? _delivery;
    private UncertaintyFile? _uncertainty;
    private RunOutcome _outcome = RunOutcome.Failed;
    private ErrorCode _error = ErrorCode.Internal;
    private string? _errorMessage;

    public SeriesRun(
        ImageSeries series,
        IEnumerable<MethodIdentity> methods,
        TimeProvider time,
        ImmutableArray<Component> software,
        Action<string> announce)
    {
        _series = series;
        _methods = [.. methods];
        _time = time;
        _software = software;
        _announce = announce;
        StartedAt = time.GetUtcNow();
    }

    public DateTimeOffset StartedAt { get; }

    public Protocol? Protocol { get; set; }

    /// <summary>
    /// Names the run: the same inputs, protocol, operator's choices and software give the same name, so that a repeated run is
    /// recognised as such.
    /// </summary>
    public string Id(RunOptions options) => CanonicalDigest.OfJson(new
    {
        Inputs = CanonicalDigest.Of(_inputs),
        Series = CanonicalDigest.Of(_series),
        Protocol = Protocol?.Sha256,
        options.Method,
        options.Mode,
        Slices = options.SlicesByHand.IsDefault ? [] : options.SlicesByHand,
        Regions = options.RegionsByHand is null ? null : CanonicalDigest.Of(options.RegionsByHand),
        options.WithUncertainty,
        options.AdaptSeconds,
        Methods = _methods,
        Software = _software,
    })[..16];

    /// <summary>What stages 1 and 2 gave for this series; they ran once for the whole source.</summary>
    public void Receive(IInstanceSource source)
    {
        long started = _time.GetTimestamp();
        _inputs =
        [
            .. _series.Instances
                .DistinctBy(instance => (instance.SopInstanceUid, instance.Source))
                .Select(instance => new InputInstance(instance.SopInstanceUid, source.Sha256(instance))),
        ];
        _digest = CanonicalDigest.Of(_inputs);
        Chain("Receive", [("instances", Text(_inputs.Length))], CanonicalDigest.Of(_series.Instances), Seconds(started));
        Chain("Group", [("part", _series.Part)], CanonicalDigest.Of(_series), 0);
    }

    public BuiltVolume BuildVolume(Func<BuiltVolume> stage) =>
        _built = Time("BuildVolume", [], stage, CanonicalDigest.Of);

    public SliceMask Mask(Protocol protocol, Func<SliceMask> stage) => _mask = Time(
        "Mask",
        [
            ("missing", Text(protocol.Mask.Missing)),
            ("unreadable", Text(protocol.Mask.Unreadable)),
            ("constant", Text(protocol.Mask.Constant)),
            ("longestRunSlices", Text(protocol.Fill.LongestRunSlices)),
            ("longestRunMm", Text(protocol.Fill.LongestRunMm)),
            ("largestMaskedFraction", Text(protocol.Fill.LargestMaskedFraction)),
            ("ends", Text(protocol.Fill.Ends)),
            ("spoiled", Text(protocol.Fill.Spoiled)),
        ],
        stage,
        CanonicalDigest.Of);

    public Inference Infer(string method, Func<Inference> stage) =>
        _inference = Time("Infer", [("method", method)], stage, CanonicalDigest.Of);

    public Composite Composite(Func<Composite> stage) =>
        _composite = Time("Composite", [], stage, CanonicalDigest.Of);

    public DerivedSeries Write(OutputMode mode, Func<DerivedSeries> stage) =>
        _derived = Time("Write", [("mode", Text(mode))], stage, CanonicalDigest.Of);

    /// <summary>The standard errors of the composed series as a file; none where no method gave any.</summary>
    public IReadOnlyList<AttachedFile> Uncertainty(IUncertaintyFormat format)
    {
        if (SigmaVolume.Of(_composite!, _mask!, _built!.Volume.Geometry) is not { } sigma)
        {
            return [];
        }

        ReadOnlyMemory<byte> content = format.Encode(_built.Volume.Geometry, sigma);
        _uncertainty = new UncertaintyFile(format.FileName, CanonicalDigest.OfBytes(content.Span));
        return [new AttachedFile(format.FileName, content)];
    }

    /// <summary>The record of a run whose files are written: the last thing that is put beside them.</summary>
    public RunRecord Delivered(Delivery delivery, long startedAt, string runId)
    {
        _delivery = delivery;
        Chain("Deliver", [("instances", Text(delivery.Instances.Length))], CanonicalDigest.Of(delivery), Seconds(startedAt));
        End(RunOutcome.Reconstructed);
        return ToRecord(runId);
    }

    /// <summary>Starts a clock for <see cref="Delivered"/>.</summary>
    public long StartDelivery()
    {
        _announce("Deliver");
        return _time.GetTimestamp();
    }

    public void End(RunOutcome outcome)
    {
        _outcome = outcome;
        _error = ErrorCode.None;
        _errorMessage = null;
    }

    /// <summary>Ends a run that fills nothing: because that is all that was asked, nothing is wrong, or it must not be filled.</summary>
    public void EndUnfilled(RunExtent extent, SliceMask mask)
    {
        Finding? obstacle = mask.Findings.FirstOrDefault(finding => finding.Code == ErrorCode.SpacingNotFillable);
        if (obstacle is not null && extent != RunExtent.Inspect)
        {
            Fail(RunOutcome.Refused, obstacle.Code, obstacle.Message);
            return;
        }

        bool isReport = !mask.IsEmpty || !mask.Findings.IsEmpty;
        End(isReport ? RunOutcome.Reported : RunOutcome.NothingToDo);
    }

    public void Fail(RunOutcome outcome, ErrorCode code, string message)
    {
        _outcome = outcome;
        _error = code;
        _errorMessage = message;
        _delivery = null;
        _uncertainty = null;
    }

    public SeriesResult ToResult(RunRecord record) => new(
        _series,
        record,
        [.. Findings],
        _errorMessage,
        _built?.Volume.Geometry,
        _built?.Format,
        _built is null ? [] : [.. _built.Slots.Select(slot => slot.Source)],
        _mask,
        _delivery);

    public RunRecord ToRecord(string runId) => new()
    {
        RunId = runId,
        StartedAt = StartedAt,
        Outcome = _outcome,
        Error = _error,
        ErrorMessage = _errorMessage is null ? null : FileNames.Remove(_errorMessage, _series.Instances),
        Software = _software,
        ProtocolName = Protocol?.Name,
        ProtocolVersion = Protocol?.Version,
        ProtocolSha256 = Protocol?.Sha256,
        SourceSeriesInstanceUid = _series.SeriesInstanceUid,
        DerivedSeriesInstanceUid = _derived?.SeriesInstanceUid,
        Inputs = _inputs,
        Findings = [.. Findings.Select(finding => FileNames.Remove(finding))],
        Stages = _stages.ToImmutable(),
        Choices = _inference?.Choices ?? [],
        Output = OutputSlices.Of(_built, _derived, _composite, _delivery),
        Adaptations = _inference?.Adaptations ?? [],
        Uncertainty = _uncertainty,
    };

    // With file names, in stage order.
    private IEnumerable<Finding> Findings =>
    [
        .. _built?.Findings ?? [],
        .. _mask?.Findings ?? [],
        .. _inference?.Findings ?? [],
        .. _composite?.Findings ?? [],
    ];

    private T Time<T>(string name, (string Name, string Value)[] parameters, Func<T> stage, Func<T, string> digest)
    {
        _announce(name);
        long started = _time.GetTimestamp();
        T result = stage();
        Chain(name, parameters, digest(result), Seconds(started));
        return result;
    }

    private void Chain(string name, (string Name, string Value)[] parameters, string output, double seconds)
    {
        var named = parameters.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        _stages.Add(new StageRecord(name, named, _digest, output, seconds));
        _digest = output;
    }

    private double Seconds(long startedAt) => Math.Round(_time.GetElapsedTime(startedAt).TotalSeconds, 6);

    private static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
