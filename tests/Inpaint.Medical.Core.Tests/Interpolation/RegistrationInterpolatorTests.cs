using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Interpolation;

public sealed class RegistrationInterpolatorTests
{
    private const int Rows = 100;
    private const int Columns = 120;

    private static readonly RegistrationInterpolator Method = new();

    [Fact]
    public void WhereNothingMovesItIsTheSliceItself()
    {
        Volume volume = Moving(5, 0);
        ReadOnlySpan<float> found = Method.Reconstruct(Request(volume, 2), TestContext.Current.CancellationToken)[0].Voxels.Span;
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal(volume.Slice(2)[i], found[i], 0.01f);
        }
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(3)]
    public void AMovingPatternIsFollowed(double pixelsPerSlice)
    {
        Volume volume = Moving(6, pixelsPerSlice);
        var linear = new WeightedSliceReconstructor(new LinearInterpolation());
        ReconstructionRequest request = Request(volume, 2, 3);
        double Error(IVolumeReconstructor method) => method.Reconstruct(request, TestContext.Current.CancellationToken)
            .Sum(prediction => SquaredError(volume.Slice(prediction.Slice), prediction.Voxels.Span));
        Assert.True(Error(Method) < 0.05 * Error(linear), $"{Error(Method)} against {Error(linear)}");
    }

    [Fact]
    public void PredictionsAreInOrderAndNameTheirSources()
    {
        IReadOnlyList<SlicePrediction> predictions = Method.Reconstruct(Request(Moving(9, 1), 1, 4, 5, 7), TestContext.Current.CancellationToken);
        Assert.Equal([1, 4, 5, 7], predictions.Select(prediction => prediction.Slice));
        Assert.Equal([3, 6], predictions[1].SourceSlices);
    }

    [Fact]
    public void EndsAreNotPredicted()
    {
        ReconstructionRequest request = Request(Moving(5, 1), 0, 2, 4);
        Assert.False(Method.CanPredict(request, 0));
        Assert.True(Method.CanPredict(request, 2));
        Assert.False(Method.CanPredict(request, 4));
        Assert.Throws<AggregateException>(() => Method.Reconstruct(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void VoxelsWithoutAValueStayWhereTheyAre()
    {
        Volume volume = Moving(3, 0).Replace(slice => slice == 0 ? WithHole(slice) : null);
        ReadOnlySpan<float> found = Method.Reconstruct(Request(volume, 1), TestContext.Current.CancellationToken)[0].Voxels.Span;
        Assert.True(float.IsNaN(found[(50 * Columns) + 60]));
        Assert.True(float.IsFinite(found[(10 * Columns) + 10]));
    }

    private static float[] WithHole(int slice)
    {
        float[] voxels = Moving(3, 0).Slice(slice).ToArray();
        voxels[(50 * Columns) + 60] = float.NaN;
        return voxels;
    }

    private static double SquaredError(ReadOnlySpan<float> truth, ReadOnlySpan<float> found)
    {
        // Away from the edge, where what comes into view cannot be known.
        double sum = 0;
        for (int row = 15; row < Rows - 15; row++)
        {
            for (int column = 15; column < Columns - 15; column++)
            {
                double error = truth[(row * Columns) + column] - found[(row * Columns) + column];
                sum += error * error;
            }
        }

        return sum;
    }

    // Blobs that move along the columns from slice to slice.
    private static Volume Moving(int slices, double pixelsPerSlice)
    {
        var voxels = new float[slices][];
        for (int slice = 0; slice < slices; slice++)
        {
            voxels[slice] = new float[Rows * Columns];
            for (int i = 0; i < Rows * Columns; i++)
            {
                double y = i / Columns;
                double x = (i % Columns) - (pixelsPerSlice * slice);
                voxels[slice][i] = (float)(1000 * Math.Sin(x / 7) * Math.Cos(y / 9));
            }
        }

        var geometry = new VolumeGeometry
        {
            Rows = Rows,
            Columns = Columns,
            RowSpacingMm = 1,
            ColumnSpacingMm = 1,
            RowDirection = new Vector3(1, 0, 0),
            ColumnDirection = new Vector3(0, 1, 0),
            SliceOrigins = [.. Enumerable.Range(0, slices).Select(slice => new Vector3(0, 0, slice))],
            SlicePositionsMm = [.. Enumerable.Range(0, slices).Select(slice => (double)slice)],
            SliceSpacingMm = 1,
        };
        return new Volume(geometry, voxels);
    }

    private static ReconstructionRequest Request(Volume volume, params int[] missing)
    {
        var verdicts = new SliceVerdict[volume.SliceCount];
        foreach (int slice in missing)
        {
            verdicts[slice] = SliceVerdict.Missing;
        }

        var mask = new SliceMask { Verdicts = [.. verdicts], Decisions = [] };
        return new ReconstructionRequest(volume.Replace(slice => missing.Contains(slice) ? [] : null), mask, [.. missing], "MR");
    }
}
