using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>What the operator asks beyond the protocol; null leaves the protocol's own choice.</summary>
/// <param name="Method">auto or the name of a method.</param>
/// <param name="SlicesByHand">Zero-based slices of the grid to be replaced.</param>
/// <param name="RegionsByHand">Masked voxels by slice, [rows × columns].</param>
/// <param name="WithUncertainty">Whether the standard error of every predicted voxel is written beside the result.</param>
/// <param name="AdaptSeconds">Budget for fitting a learned method to the series first; 0 for none.</param>
public sealed record RunOptions(
    string? Method = null,
    OutputMode? Mode = null,
    ImmutableArray<int> SlicesByHand = default,
    ImmutableDictionary<int, RegionMask>? RegionsByHand = null,
    bool WithUncertainty = false,
    int AdaptSeconds = 0);

/// <summary>How well one method predicted visible slices that were left out near a gap, in the gap's own pattern.</summary>
/// <param name="Method">Name.</param>
/// <param name="MeanSquaredError">Real units squared, over all left-out voxels; NaN if the method could not predict them.</param>
public sealed record MethodEvidence(string Method, double MeanSquaredError, ImmutableArray<int> LeftOutSlices);

/// <summary>Why a run of slices was predicted by the method it was.</summary>
/// <param name="Targets">Predicted slices.</param>
/// <param name="Method">The method used.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Evidence">Empty where the method was given by hand.</param>
public sealed record MethodChoice(
    ImmutableArray<int> Targets, MethodIdentity Method, string Reason, ImmutableArray<MethodEvidence> Evidence);

/// <summary>Stage 5's output: predictions for every masked slice, and how each method was chosen.</summary>
public sealed record Inference(ImmutableArray<SlicePrediction> Predictions, ImmutableArray<MethodChoice> Choices, ImmutableArray<Finding> Findings)
{
    /// <summary>Methods that were fitted to the series, kept or not.</summary>
    public ImmutableArray<Adaptation> Adaptations { get; init; } = [];
}

/// <summary>One slice after compositing.</summary>
/// <param name="Samples">Stored samples, little endian, [rows × columns].</param>
/// <param name="SyntheticVoxels">Number of predicted voxels.</param>
/// <param name="ClampedVoxels">Predicted voxels beyond what the format holds, or beyond the range of the visible slices and a margin.</param>
/// <param name="SourceSha256">Of the acquired samples; null where there were none.</param>
/// <param name="OutputSha256">Of <paramref name="Samples"/>; equal to the source's for a copy, checked at run time.</param>
public sealed record CompositeSlice(
    int Slice,
    SliceKind Kind,
    ReadOnlyMemory<byte> Samples,
    int SyntheticVoxels,
    int ClampedVoxels,
    string? SourceSha256,
    string OutputSha256,
    MethodIdentity? Method,
    ImmutableArray<int> SourceSlices)
{
    /// <summary>Gives <see cref="Samples"/> their meaning: the slice's own, for a hole that of the nearest acquired slice.</summary>
    public Rescale Rescale { get; init; } = Rescale.Identity;
}

/// <summary>Stage 6's output: every slice of the grid with its final samples.</summary>
/// <param name="Rescale">Of the first visible slice; where slices have pairs of their own, see <see cref="CompositeSlice.Rescale"/>.</param>
/// <param name="Sigma">Standard deviation of the error by rebuilt slice, real units, [rows × columns]; empty where the method gives none.</param>
public sealed record Composite(
    ImmutableArray<CompositeSlice> Slices,
    Rescale Rescale,
    ImmutableDictionary<int, ReadOnlyMemory<float>> Sigma,
    ImmutableArray<Finding> Findings);
