using System.Collections.Immutable;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Interpolation;

/// <summary>Predicts slices by a classical method. A masked voxel of any slice is never looked at.</summary>
public sealed class WeightedSliceReconstructor : IInPlaceReconstructor
{
    // A spline reaches over all slices, but its weights fall by about 3.7 a slice: one below this changes no float.
    private const double NegligibleWeight = 1e-9;

    private readonly ISliceInterpolation _method;

    public WeightedSliceReconstructor(ISliceInterpolation method)
    {
        ArgumentNullException.ThrowIfNull(method);
        _method = method;
        Identity = new MethodIdentity(method.Name, method.Version);
    }

    public MethodIdentity Identity { get; }

    public bool CanPredict(ReconstructionRequest request, int slice)
    {
        ArgumentNullException.ThrowIfNull(request);
        ImmutableArray<double> positions = request.Volume.Geometry.SlicePositionsMm;
        return VisibilityClass.Of(request.Volume, request.Mask, slice)
            .All(group => InterpolationWeights.Reaches(_method, PositionsOf(group, positions), positions[slice]));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A target that <see cref="CanPredict"/> denies.</exception>
    public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var predictions = new SlicePrediction[request.Targets.Length];
        if (predictions.Length == 1)
        {
            predictions[0] = Predict(request, request.Targets[0]);
        }
        else
        {
            ParallelSlices.For(
                predictions.Length, i => predictions[i] = Predict(request, request.Targets[i]), cancellationToken);
        }

        return predictions;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A target that <see cref="CanPredict"/> denies.</exception>
    public ImmutableArray<int> FillInPlace(ReconstructionRequest request, int slice, Span<float> voxels)
    {
        ArgumentNullException.ThrowIfNull(request);
        Volume volume = request.Volume;
        var influences = new SortedSet<int>();
        bool isFirst = true;
        foreach (VisibilityClass group in VisibilityClass.Of(volume, request.Mask, slice))
        {
            (int[] slices, float[] weights) = SourcesOf(group, volume.Geometry.SlicePositionsMm, slice);
            influences.UnionWith(slices);
            if (isFirst)
            {
                // The largest class takes the vector kernel over the whole slice; the smaller ones overwrite their voxels.
                WeightedSum.Fill(volume, slices, weights, voxels);
                isFirst = false;
            }
            else
            {
                WeightedSum.FillVoxels(volume, slices, weights, group.Voxels.AsSpan(), voxels);
            }
        }

        return [.. influences];
    }

    private SlicePrediction Predict(ReconstructionRequest request, int slice)
    {
        float[] voxels = GC.AllocateUninitializedArray<float>(request.Volume.Geometry.SliceLength);
        ImmutableArray<int> sources = FillInPlace(request, slice, voxels);
        return new SlicePrediction(slice, voxels, sources);
    }

    private (int[] Slices, float[] Weights) SourcesOf(VisibilityClass group, ImmutableArray<double> positions, int target)
    {
        double[] weights = InterpolationWeights.Of(_method, PositionsOf(group, positions), positions[target]);
        int[] used = [.. Enumerable.Range(0, weights.Length).Where(i => Math.Abs(weights[i]) >= NegligibleWeight)];
        return ([.. used.Select(i => group.Visible[i])], [.. used.Select(i => (float)weights[i])]);
    }

    private static double[] PositionsOf(VisibilityClass group, ImmutableArray<double> positions) =>
        [.. group.Visible.Select(slice => positions[slice])];
}
