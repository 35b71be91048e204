using System.Buffers;
using Inpaint.Medical.Core.Masking;

namespace Inpaint.Medical.Validation.Metrics;

/// <summary>Scores predictions of one slice against the truth. What depends on the truth alone is computed once.</summary>
internal sealed class SliceScorer : IDisposable
{
    // Half-width of the 90 % interval of a normal distribution.
    private const double NinetyPercent = 1.6448536269514722;

    private readonly float[] _truth;
    private readonly int _rows;
    private readonly int _columns;
    private readonly ValueRange _range;
    private readonly RegionMask? _region;
    private readonly double _neighbourNoise;
    private readonly double[] _exact;
    private readonly StructuralSimilarity.Reference _gaussian;
    private readonly StructuralSimilarity.Reference _uniform;
    private readonly double _truthEnergy;

    /// <param name="truth">[rows × columns], real units.</param>
    /// <param name="region">Hidden voxels; null if the whole slice is hidden.</param>
    /// <param name="neighbourNoise">Mean noise of the visible slices beside it.</param>
    public SliceScorer(float[] truth, int rows, int columns, ValueRange range, RegionMask? region, double neighbourNoise)
    {
        (_truth, _rows, _columns, _range, _region, _neighbourNoise) = (truth, rows, columns, range, region, neighbourNoise);
        _exact = Doubles.Of(truth);
        _gaussian = StructuralSimilarity.Gaussian.ReferenceOf(_exact, columns);
        _uniform = StructuralSimilarity.Uniform.ReferenceOf(_exact, columns);
        _truthEnergy = HighFrequency.Energy(_exact, rows, columns, Region);
    }

    private ReadOnlySpan<bool> Region => _region is null ? [] : _region.Masked;

    /// <summary>Fills in the scores.</summary>
    /// <param name="rebuilt">[rows × columns], as stored; equal to the truth outside the region.</param>
    /// <param name="sigma">Standard deviation of the error, real units; empty if the method gives none.</param>
    public SliceScore Score(SliceScore row, float[] rebuilt, ReadOnlySpan<float> sigma)
    {
        double[] image = Doubles.Of(rebuilt);
        (double squared, double absolute) = Errors(rebuilt);
        (int foreground, double foregroundSquared) = ForegroundErrors(rebuilt);
        double[] difference = Doubles.Difference(image, _exact);
        double noise = _region is null ? NoiseEstimate.Of(rebuilt, _rows, _columns) : 0;
        SliceScore scored = row with
        {
            SquaredError = squared,
            AbsoluteError = absolute,
            ForegroundVoxels = foreground,
            ForegroundSquaredError = foregroundSquared,
            WorstOnePercent = WorstOnePercent(rebuilt),
            Ssim = _range.Span <= 0 ? null : StructuralSimilarity.Gaussian.Mean(_gaussian, image, _rows, _columns, _range.Span, Region),
            SsimUniform = _range.Span <= 0 ? null : StructuralSimilarity.Uniform.Mean(_uniform, image, _rows, _columns, _range.Span, Region),
            HighFrequencyError = HighFrequency.Energy(difference, _rows, _columns, Region),
            HighFrequencyTruth = _truthEnergy,
            NoiseRatio = _region is null && _neighbourNoise > 0 ? noise / _neighbourNoise : null,
            Covered = sigma.IsEmpty ? null : Covered(rebuilt, sigma),
        };
        Scratch.Return(image, difference);
        return scored;
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        _gaussian.Return();
        _uniform.Return();
        Scratch.Return(_exact);
    }

    private (double Squared, double Absolute) Errors(float[] rebuilt)
    {
        // Outside a region the rebuilt slice equals the truth, so its voxels add nothing.
        double squared = 0;
        double absolute = 0;
        for (int i = 0; i < rebuilt.Length; i++)
        {
            double error = (double)rebuilt[i] - _truth[i];
            squared += error * error;
            absolute += Math.Abs(error);
        }

        return (squared, absolute);
    }

    private (int Voxels, double Squared) ForegroundErrors(float[] rebuilt)
    {
        double limit = _range.Low + (0.05 * _range.Span);
        ReadOnlySpan<bool> region = Region;
        int voxels = 0;
        double squared = 0;
        for (int i = 0; i < rebuilt.Length; i++)
        {
            if (_truth[i] > limit && (region.IsEmpty || region[i]))
            {
                double error = (double)rebuilt[i] - _truth[i];
                squared += error * error;
                voxels++;
            }
        }

        return (voxels, squared);
    }

    private double WorstOnePercent(float[] rebuilt)
    {
        ReadOnlySpan<bool> region = Region;
        float[] errors = ArrayPool<float>.Shared.Rent(rebuilt.Length);
        int count = 0;
        for (int i = 0; i < rebuilt.Length; i++)
        {
            if (region.IsEmpty || region[i])
            {
                errors[count++] = Math.Abs(rebuilt[i] - _truth[i]);
            }
        }

        int worst = Math.Max(1, (int)Math.Ceiling(count * 0.01));
        OrderStatistic.SelectInPlace(errors.AsSpan(0, count), count - worst);
        double sum = 0;
        Span<float> greatest = errors.AsSpan(count - worst, worst);
        // In order of size, so that the sum does not depend on how the selection left them.
        greatest.Sort();
        foreach (float error in greatest)
        {
            sum += error;
        }

        ArrayPool<float>.Shared.Return(errors);
        return sum / worst;
    }

    private int Covered(float[] rebuilt, ReadOnlySpan<float> sigma)
    {
        ReadOnlySpan<bool> region = Region;
        int covered = 0;
        for (int i = 0; i < rebuilt.Length; i++)
        {
            if ((region.IsEmpty || region[i]) && Math.Abs((double)rebuilt[i] - _truth[i]) <= NinetyPercent * sigma[i])
            {
                covered++;
            }
        }

        return covered;
    }
}
