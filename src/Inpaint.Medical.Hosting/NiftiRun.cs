using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Inpaint.Medical.Core.Composition;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Hosting;

/// <summary>Stages 5 and 6 on every volume of a NIfTI file, with the record. The file's own mask stands for stages 1 to 4.</summary>
/// <param name="path">Where the file lies, for its digest.</param>
/// <param name="modality">What the operator says it shows, MR or CT: a learned method wants to know; null where nobody says.</param>
public sealed class NiftiRun(
    NiftiSeries series,
    string path,
    Protocol protocol,
    RunOptions options,
    string? modality,
    IReadOnlyList<IVolumeReconstructor> methods,
    TimeProvider time)
{
    private readonly ImmutableArray<StageRecord>.Builder _stages = ImmutableArray.CreateBuilder<StageRecord>();
    private readonly ImmutableArray<OutputSlice>.Builder _slices = ImmutableArray.CreateBuilder<OutputSlice>();
    private readonly ImmutableArray<MethodChoice>.Builder _choices = ImmutableArray.CreateBuilder<MethodChoice>();
    private readonly ImmutableArray<Adaptation>.Builder _adaptations = ImmutableArray.CreateBuilder<Adaptation>();
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();
    private readonly float[][]?[] _sigma = new float[series.VolumeCount][][];
    private string _digest = string.Empty;

    /// <summary>Standard errors of the completed volumes, as <see cref="NiftiSeries.Uncertainty"/> takes them; null where none was asked for or given.</summary>
    public IReadOnlyList<float[][]?>? Sigma => options.WithUncertainty && _sigma.Any(volume => volume is not null) ? _sigma : null;

    /// <summary>Completes the volumes in memory; the caller writes them.</summary>
    /// <exception cref="InpaintException">What ends the run; a NIfTI file has no second series that could go on.</exception>
    public RunRecord Reconstruct(CancellationToken cancellation)
    {
        DateTimeOffset started = time.GetUtcNow();
        _digest = FileDigest();
        string input = _digest;
        for (int volume = 0; volume < series.VolumeCount; volume++)
        {
            cancellation.ThrowIfCancellationRequested();
            Complete(volume, cancellation);
        }

        return new RunRecord
        {
            RunId = CanonicalDigest.OfJson(new { input, protocol.Sha256, options.Method, options.WithUncertainty, options.AdaptSeconds, SoftwareInventory.Components, Stages = _stages.Select(stage => stage.OutputSha256) })[..16],
            StartedAt = started,
            Outcome = _choices.Count == 0 ? RunOutcome.NothingToDo : RunOutcome.Reconstructed,
            Software = SoftwareInventory.Components,
            ProtocolName = protocol.Name,
            ProtocolVersion = protocol.Version,
            ProtocolSha256 = protocol.Sha256,
            SourceSeriesInstanceUid = string.Empty,
            Inputs = [new InputInstance(string.Empty, input)],
            Findings = _findings.ToImmutable(),
            Stages = _stages.ToImmutable(),
            Choices = _choices.ToImmutable(),
            Output = _slices.ToImmutable(),
            Adaptations = _adaptations.ToImmutable(),
        };
    }

    private void Complete(int volume, CancellationToken cancellation)
    {
        NiftiMaskedVolume masked = Timed("Mask", volume, () => series.Build(volume), result => CanonicalDigest.Of(result.Mask));
        if (masked.Mask.IsEmpty)
        {
            return;
        }

        BuiltVolume built = modality is null ? masked.Built : masked.Built with { Modality = modality };
        Inference inference = Timed(
            "Infer",
            volume,
            () => InferStage.Run(built, masked.Mask, protocol, options, methods, cancellation),
            CanonicalDigest.Of);
        Composite composite = Timed("Composite", volume, () => CompositeStage.Run(built, masked.Mask, inference), CanonicalDigest.Of);
        series.Replace(volume, composite, masked.Mask);
        _sigma[volume] = SigmaVolume.Of(composite, masked.Mask, series.Geometry);

        _choices.AddRange(inference.Choices);
        _adaptations.AddRange(inference.Adaptations);
        _findings.AddRange(inference.Findings);
        _findings.AddRange(composite.Findings);
        _slices.AddRange(composite.Slices.Select(slice => Output(volume, slice)));
    }

    private OutputSlice Output(int volume, CompositeSlice slice) => new(
        slice.Slice,
        slice.Kind.ToString(),
        Name(volume, slice.Slice),
        series.Geometry.SlicePositionsMm[slice.Slice],
        slice.Kind == SliceKind.Synthetic ? null : Name(volume, slice.Slice),
        slice.SourceSha256,
        slice.OutputSha256,
        slice.SyntheticVoxels,
        slice.Method,
        [.. slice.SourceSlices.Select(source => Name(volume, source))],
        null,
        null);

    private T Timed<T>(string stage, int volume, Func<T> run, Func<T, string> digest)
    {
        long started = time.GetTimestamp();
        T result = run();
        string output = digest(result);
        var parameters = ImmutableSortedDictionary<string, string>.Empty
            .Add("method", options.Method ?? protocol.Method)
            .Add("volume", volume.ToString(CultureInfo.InvariantCulture));
        _stages.Add(new StageRecord(stage, parameters, _digest, output, Math.Round(time.GetElapsedTime(started).TotalSeconds, 6)));
        _digest = output;
        return result;
    }

    private string FileDigest()
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static string Name(int volume, int slice) => FormattableString.Invariant($"volume {volume} slice {slice}");
}
