using Inpaint.Medical.Torch.Training;
using Xunit;

namespace Inpaint.Medical.Torch.Tests.Training;

public class SlabSamplerTests
{
    [Fact]
    public void TheSameNumbersGiveTheSameExample()
    {
        var sampler = new SlabSampler([Small.Volume()]);
        Assert.Equal(sampler.Draw(new Random(8), 16, 16).Voxels, sampler.Draw(new Random(8), 16, 16).Voxels);
    }

    /// <summary>A volume that is linear in all directions: whatever is cut out of it, however resampled, is linear in the positions of its slices.</summary>
    [Fact]
    public void SlicesLieWhereTheirPositionsSay()
    {
        const int slices = 60, rows = 40, columns = 48;
        var voxels = new float[slices * rows * columns];
        for (int s = 0, i = 0; s < slices; s++)
        {
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < columns; x++) voxels[i++] = (0.05f * s) + (0.02f * y) + (0.03f * x);
            }
        }

        var sampler = new SlabSampler([new TrainingVolume("ramp", voxels, slices, rows, columns, (1, 1, 1))]);
        int straight = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            Example example = sampler.Draw(new Random(seed), 16, 16);
            float[] means = [.. Enumerable.Range(0, 9).Select(k => example.Voxels.AsSpan(k * 256, 256).ToArray().Average())];
            int[] z = [.. example.Pattern.Visible, 0];
            double slope = (means[7] - means[0]) / (double)(z[7] - z[0]);
            if (Enumerable.Range(0, 9).All(k => Math.Abs(means[k] - (means[0] + (slope * (z[k] - z[0])))) < 1e-3)) straight++;
        }

        Assert.InRange(straight, 110, 200); // the rest were bent by gamma (30 %) or noise (8 %)
    }

    [Fact]
    public void EveryPatternHasEightAscendingSlicesAndNotTheTarget()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            HolePattern pattern = HolePattern.Draw(random);
            Assert.Equal(HolePattern.VisibleCount, pattern.Visible.Length);
            Assert.DoesNotContain(0, pattern.Visible);
            Assert.Equal(pattern.Visible.Order(), pattern.Visible);
        }
    }

    [Fact]
    public void AVolumeOfOneValueIsRefused() =>
        Assert.Throws<ArgumentException>(() => TrainingVolume.Normalise("flat", new float[8], 2, 2, 2, (1, 1, 1)));
}
