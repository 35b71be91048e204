using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Interpolation;

/// <summary>
/// Interpolation along the structures instead of straight through them: the visible slices before and after a gap are registered, both
/// are carried to the target's position, and blended linearly. Where nothing moves it equals linear interpolation.
/// </summary>
public sealed class RegistrationInterpolator : IVolumeReconstructor
{
    private readonly DisplacementField.Settings _settings;

    public RegistrationInterpolator()
        : this(new DisplacementField.Settings())
    {
    }

    internal RegistrationInterpolator(DisplacementField.Settings settings) => _settings = settings;

    public MethodIdentity Identity { get; } = new("registration", "1");

    /// <summary>Whether there is a wholly visible slice on each side.</summary>
    public bool CanPredict(ReconstructionRequest request, int slice)
    {
        ArgumentNullException.ThrowIfNull(request);
        (int before, int after) = Neighbours(request, slice);
        return before >= 0 && after < request.Volume.SliceCount;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A target that <see cref="CanPredict"/> denies.</exception>
    public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var gaps = request.Targets.GroupBy(target => Neighbours(request, target)).ToList();
        var predictions = new Dictionary<int, SlicePrediction>();
        Parallel.ForEach(gaps, new ParallelOptions { CancellationToken = cancellationToken }, gap =>
        {
            List<SlicePrediction> slices = Predict(request.Volume, gap.Key.Before, gap.Key.After, [.. gap]);
            lock (predictions)
            {
                foreach (SlicePrediction slice in slices)
                {
                    predictions.Add(slice.Slice, slice);
                }
            }
        });
        return [.. request.Targets.Select(target => predictions[target])];
    }

    private List<SlicePrediction> Predict(Volume volume, int before, int after, int[] targets)
    {
        if (before < 0 || after >= volume.SliceCount)
        {
            throw new ArgumentOutOfRangeException(nameof(targets), targets[0], "The target must lie between visible slices.");
        }

        int rows = volume.Geometry.Rows;
        int columns = volume.Geometry.Columns;
        float[] a = volume.Slice(before).ToArray();
        float[] b = volume.Slice(after).ToArray();
        DisplacementField field = DisplacementField.Between(a, b, rows, columns, _settings);
        var positions = volume.Geometry.SlicePositionsMm;
        var fromA = new float[a.Length];
        var fromB = new float[a.Length];
        var predictions = new List<SlicePrediction>();
        foreach (int target in targets)
        {
            float t = (float)((positions[target] - positions[before]) / (positions[after] - positions[before]));
            PlaneFilter.Warp(a, rows, columns, field.Down, field.Right, -t, fromA);
            PlaneFilter.Warp(b, rows, columns, field.Down, field.Right, 1 - t, fromB);
            var voxels = new float[a.Length];
            for (int i = 0; i < voxels.Length; i++)
            {
                voxels[i] = ((1 - t) * fromA[i]) + (t * fromB[i]);
            }

            predictions.Add(new SlicePrediction(target, voxels, [before, after]));
        }

        return predictions;
    }

    private static (int Before, int After) Neighbours(ReconstructionRequest request, int slice)
    {
        bool IsUsable(int other) => request.Mask.IsVisible(other) && request.Volume.IsPresent(other);
        int before = slice - 1;
        while (before >= 0 && !IsUsable(before))
        {
            before--;
        }

        int after = slice + 1;
        while (after < request.Volume.SliceCount && !IsUsable(after))
        {
            after++;
        }

        return (before, after);
    }
}
