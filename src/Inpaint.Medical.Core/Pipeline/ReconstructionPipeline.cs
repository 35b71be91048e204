using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Calls the nine stages in order, series by series. The only place that catches: a series that fails never stops the next.</summary>
/// <param name="protocols">To choose from.</param>
/// <param name="methods">Ways to predict slices.</param>
/// <param name="software">For the record.</param>
/// <param name="uncertainty">How standard errors are written where a run asks for them.</param>
/// <param name="log">Keeps every record; null keeps only those beside the output.</param>
public sealed class ReconstructionPipeline(
    IReadOnlyList<Protocol> protocols,
    IReadOnlyList<IVolumeReconstructor> methods,
    IUidFactory uids,
    ImmutableArray<Component> software,
    IUncertaintyFormat uncertainty,
    IRunRecordLog? log,
    TimeProvider time)
{
    /// <summary>Runs over everything in the source.</summary>
    /// <param name="sink">Takes the derived series; null unless the request is to reconstruct.</param>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.NoInstances"/>, and those of <see cref="GroupStage"/>: there is no
    /// series yet that could be refused. <see cref="ErrorCode.RecordNotWritable"/>.
    /// </exception>
    public async Task<PipelineResult> RunAsync(
        IInstanceSource source, IInstanceSink? sink, RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        progress?.Report(new RunProgress(0, 0, "Receive"));
        InstanceSet received = await ReceiveStage.RunAsync(source, cancellationToken).ConfigureAwait(false);
        SeriesSet grouped = GroupStage.Run(received);

        var results = ImmutableArray.CreateBuilder<SeriesResult>();
        while (results.Count < grouped.Series.Length && !cancellationToken.IsCancellationRequested)
        {
            int index = results.Count;
            void Announce(string stage) => progress?.Report(new RunProgress(index, grouped.Series.Length, stage));
            results.Add(await RunSeriesAsync(grouped.Series[index], source, sink, request, Announce, cancellationToken).ConfigureAwait(false));
        }

        return new PipelineResult(
            results.ToImmutable(), grouped.SetAside, [.. received.Findings, .. grouped.Findings], cancellationToken.IsCancellationRequested);
    }

    private async Task<SeriesResult> RunSeriesAsync(
        ImageSeries series,
        IInstanceSource source,
        IInstanceSink? sink,
        RunRequest request,
        Action<string> announce,
        CancellationToken cancellationToken)
    {
        var run = new SeriesRun(series, methods.Select(method => method.Identity), time, software, announce);
        RunOptions options = request.Options;
        string runId = run.Id(options);
        try
        {
            run.Receive(source);
            Protocol protocol = run.Protocol = ProtocolMatcher.Choose(protocols, series, request.ProtocolName);
            runId = run.Id(options);
            OutputMode mode = options.Mode ?? protocol.Output.Mode;

            BuiltVolume built = run.BuildVolume(() => BuildVolumeStage.Run(series, source, cancellationToken, protocol.Fill.Ends));
            SliceMask mask = run.Mask(protocol, () => MaskStage.Run(built, protocol, options));
            if (request.Extent == RunExtent.Inspect || mask.IsEmpty)
            {
                run.EndUnfilled(request.Extent, mask);
            }
            else
            {
                Inference inference = run.Infer(
                    options.Method ?? protocol.Method, () => InferStage.Run(built, mask, protocol, options, methods, cancellationToken));
                Composite composite = run.Composite(() => CompositeStage.Run(built, mask, inference));
                DerivedSeries derived = run.Write(
                    mode, () => WriteStage.Run(series, built, mask, composite, protocol, mode, runId, uids));
                await DeliverAsync(derived, sink, request, run, runId, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (InpaintException refusal)
        {
            run.Fail(RunOutcome.Refused, refusal.Code, refusal.Message);
        }
        catch (OperationCanceledException)
        {
            run.Fail(RunOutcome.Failed, ErrorCode.Cancelled, "Cancelled by the operator; nothing of this series was delivered.");
        }
#pragma warning disable CA1031 // Whatever happened, the record is written and the next series has its turn.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            run.Fail(RunOutcome.Failed, ErrorCode.Internal, $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}");
        }

        RunRecord record = run.ToRecord(runId);
        await RecordStage.RunAsync(record, log).ConfigureAwait(false);
        return run.ToResult(record);
    }

    private async Task DeliverAsync(
        DerivedSeries derived, IInstanceSink? sink, RunRequest request, SeriesRun run, string runId, CancellationToken cancellationToken)
    {
        if (request.Extent == RunExtent.DryRun || sink is null)
        {
            run.End(RunOutcome.Reported);
            return;
        }

        long started = run.StartDelivery();
        IReadOnlyList<AttachedFile> beside = request.Options.WithUncertainty ? run.Uncertainty(uncertainty) : [];
        await DeliverStage.RunAsync(derived, sink, beside, delivery => run.Delivered(delivery, started, runId), cancellationToken).ConfigureAwait(false);
    }
}
